//! The pieces that screens are made of. Pure: what is shown, where, in which role.

pub mod canvas;
pub mod choice;
pub mod footer;
pub mod header;
pub mod prompt;
pub mod prose;
pub mod table;

pub use canvas::{Canvas, Piece};
