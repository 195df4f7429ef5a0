//! The one integration test binary: each room's tests from outside are a module here.
