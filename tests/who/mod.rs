//! From a process back to its client: the links on captured forms, and twenty sessions of the real lab.

mod chain;
mod lab;
