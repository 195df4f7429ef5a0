//! The map of the house. A room uses only rooms with a smaller number, and its own.
//!
//! | floor | room | what it is for |
//! |---|---|---|
//! | 0 | [`text`] | text from outside made safe, width, carets |
//! | 0 | [`theme`] | roles, palettes, glyphs, neutral of the terminal library |
//! | 0 | [`model`] | the words of the field; the one room of floor 0 that names another: findings carry [`text::Untrusted`] |
//! | 1 | [`config`] | layered TOML with provenance, the inventory |
//! | 1 | [`transport`] | the only room with client sockets and processes |
//! | 2 | [`engine`] | runs of what was planned: journal, states, lock, the one loop that acts |
//! | 3 | [`systems`] | one folder for each thing operated, and the contract |
//! | 4 | [`fleet`] | polling, the single writer, revisions |
//! | 5 | [`health`] | rules over several members, judging, ranking |
//! | 6 | [`runbook`] | the files by which anything is changed: format, conditions, whether one can be run, those that are shipped |
//! | 7 | [`app`] | use cases that the faces share |
//! | 8 | [`tui`] | the console |
//! | 9 | [`cli`] | the command line |

pub mod app;
pub mod cli;
pub mod config;
pub mod engine;
pub mod fleet;
pub mod health;
pub mod model;
pub mod runbook;
pub mod systems;
pub mod text;
pub mod theme;
pub mod transport;
pub mod tui;
