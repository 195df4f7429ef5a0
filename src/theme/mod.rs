//! Roles, palettes and glyphs: how something looks, without naming a terminal library. It must never decide what state something is in.
//!
//! A face asks for a [`Role`] and gets an [`Ink`]; a state is always told three times, by glyph, word and colour, so that any one of them may be lost.
//! To change a colour, edit a file in `themes/`.

pub mod colour;
pub mod depth;
pub mod file;
pub mod glyph;
pub mod ink;
pub mod role;
pub mod state;

pub use colour::Colour;
pub use depth::{Depth, When};
pub use file::{AUTO, Theme, ThemeError, builtin, default_on, names};
pub use glyph::{Glyphs, Signs};
pub use ink::{Effects, Ink};
pub use role::Role;
pub use state::State;
