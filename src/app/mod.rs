//! Use cases that the faces share: observing once or for as long as somebody looks, and the views that turn an observation into pages.
//!
//! It must never write to a terminal, parse arguments or open a socket. Both faces call the same functions, so that they cannot disagree.

pub mod bundle;
pub mod cells;
pub mod change;
pub mod checks;
pub mod child;
pub mod columns;
pub mod discover;
pub mod doubts;
pub mod facts;
pub mod hands;
pub mod history;
pub mod init;
pub mod json;
pub mod load;
pub mod moment;
pub mod notice;
pub mod observe;
pub mod plan;
pub mod record;
pub mod ring;
pub mod run;
pub mod runbooks;
pub mod scheduled;
pub mod schema;
pub mod service;
pub mod settings;
pub mod standbys;
pub mod targets;
pub mod tell;
mod time_limit;
pub mod turns;
pub mod verdict;
pub mod views;
pub mod who;

pub use observe::Observed;
pub use time_limit::TimeLimit;
