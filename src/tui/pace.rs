//! When to draw. Pure: a burst of events is one frame, a quiet screen is none.

use crate::model::Moment;
use std::time::Duration;

/// What made the screen old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A person did something and waits for it.
    Input,
    /// Something that matters was read, or a second passed.
    Data,
    /// Values moved and grew older as they do each second: the next tick is soon enough.
    Age,
}

impl Cause {
    /// The least time between the last frame and the one for this.
    const fn apart(self) -> Duration {
        match self {
            Cause::Input => Duration::from_millis(8),
            Cause::Data => Duration::from_millis(33),
            Cause::Age => Duration::from_secs(1),
        }
    }
}

/// Holds when the last frame was drawn, and what waits for the next.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pacer {
    drawn: Option<Moment>,
    waiting: Option<Cause>,
}

impl Pacer {
    /// The screen is old because of `cause`; of several the shortest wait counts.
    pub fn want(&mut self, cause: Cause) {
        if self.waiting.is_none_or(|known| cause.apart() < known.apart()) {
            self.waiting = Some(cause);
        }
    }

    /// How long until the next frame may be drawn, zero for now; `None` when nothing waits for one.
    #[must_use]
    pub fn due(&self, now: Moment) -> Option<Duration> {
        let apart = self.waiting?.apart();
        Some(self.drawn.map_or(Duration::ZERO, |drawn| apart.saturating_sub(now.since(drawn))))
    }

    /// A frame was drawn.
    pub fn drew(&mut self, now: Moment) {
        *self = Pacer { drawn: Some(now), waiting: None };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Clock;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn nothing_new_is_no_frame_and_the_first_comes_at_once() {
        let now = Clock::real().now();
        let mut pacer = Pacer::default();
        assert_eq!(pacer.due(now), None);
        pacer.want(Cause::Data);
        assert_eq!(pacer.due(now), Some(Duration::ZERO));
        pacer.drew(now);
        assert_eq!(pacer.due(now.plus(MS * 500)), None);
    }

    #[test]
    fn data_waits_longer_than_a_person() {
        let now = Clock::real().now();
        let mut pacer = Pacer::default();
        pacer.drew(now);
        pacer.want(Cause::Age);
        assert_eq!(pacer.due(now.plus(MS * 5)), Some(MS * 995));
        pacer.want(Cause::Data);
        assert_eq!(pacer.due(now.plus(MS * 5)), Some(MS * 28));
        pacer.want(Cause::Input);
        assert_eq!(pacer.due(now.plus(MS * 5)), Some(MS * 3));
        pacer.want(Cause::Data);
        assert_eq!(pacer.due(now.plus(MS * 9)), Some(Duration::ZERO));
    }
}
