//! What the loop does about a message: the console changes its state purely, and asks for the rest.

use super::errand::Errand;
use super::look::Look;
use super::pace::Cause;
use crate::theme::Glyphs;
use crate::theme::colour::Rgb;

/// Something that the loop has to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Draw when it is due.
    Draw(Cause),
    /// Draw everything, whatever the terminal shows now.
    Redraw,
    /// The theme of this name looks like this from now on.
    Wear(String, Box<Look>),
    /// Wear the theme of this name from now on, wherever one is.
    Theme(String),
    /// Draw with these characters from now on.
    Glyphs(Glyphs),
    /// The terminal has this ground.
    Ground(Rgb),
    /// Ask how large the window is.
    Measure,
    /// Have the mouse reported here, or leave it to the terminal.
    Mouse(bool),
    /// Have something done outside of the console.
    Errand(Errand),
    /// A person wants the shell back.
    Suspend,
    /// A signal wants this process stopped.
    Stop,
    /// The process goes on after it was stopped.
    Resume,
    Quit,
    /// End with the exit code of an interrupt.
    Interrupted,
    /// End with the exit code of a termination.
    Terminated,
}
