//! What is foretold: of every captured state of Patroni, of clusters with stores, poolers and zones made by hand, and within which bounds.

mod bounds;
mod platform;
mod states;
