//! Colour on the command line: the sixteen of the terminal, by tone, only where a person looks.

use crate::systems::view::Tone;
use crate::theme::{Depth, When};
use anstyle::{AnsiColor, Style};
use std::io::IsTerminal;

/// Whether and where to colour, and how wide the terminal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint {
    pub colour: bool,
    /// Columns of the terminal; `None` in a pipe, where nothing is cut.
    pub width: Option<usize>,
}

impl Paint {
    /// As `when` and the environment have it.
    #[must_use]
    pub fn decide(when: When) -> Self {
        let terminal = std::io::stdout().is_terminal();
        let colour = Depth::decide(when, terminal, |name| std::env::var(name).ok()) > Depth::Mono;
        let width = if terminal { terminal_width() } else { None };
        Paint { colour, width }
    }

    /// Nothing but text.
    #[must_use]
    pub const fn plain() -> Self {
        Paint { colour: false, width: None }
    }

    /// `text` in the colour of `tone`.
    #[must_use]
    pub fn tone(self, text: &str, tone: Tone) -> String {
        let style = match tone {
            Tone::Plain => return text.to_owned(),
            Tone::Good => Style::new().fg_color(Some(AnsiColor::Green.into())),
            Tone::Warn => Style::new().fg_color(Some(AnsiColor::Yellow.into())),
            Tone::Bad => Style::new().fg_color(Some(AnsiColor::Red.into())).bold(),
            Tone::Muted => Style::new().dimmed(),
        };
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    #[must_use]
    pub fn bold(self, text: &str) -> String {
        let style = Style::new().bold();
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

fn terminal_width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    (size.ws_col > 0).then(|| usize::from(size.ws_col))
}
