//! Sums and shares of counts that servers tell. A count may be as large as a number can be, by a slip or by malice.
//!
//! They must never overflow, and never be cut to something that looks like a count that was told.

/// `sum` with one more count, for `try_fold`; `None` where it is not told, or the sum is more than a number holds.
#[must_use]
pub fn added(sum: u64, one: Option<u64>) -> Option<u64> {
    sum.checked_add(one?)
}

/// `part` of `whole` in percent; nothing at all is full.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a share needs no more than the 53 bits")]
pub fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 100.0 } else { part as f64 * 100.0 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_beyond_32_bits_have_their_true_share() {
        assert!((percent(8_589_934_592, 1_099_511_627_776) - 0.781_25).abs() < f64::EPSILON);
        assert!((percent(u64::MAX, u64::MAX) - 100.0).abs() < f64::EPSILON && (percent(0, 0) - 100.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_sum_that_no_number_holds_is_not_known() {
        assert_eq!([Some(1), Some(2)].into_iter().try_fold(0, added), Some(3));
        assert_eq!([Some(u64::MAX), Some(1)].into_iter().try_fold(0, added), None);
        assert_eq!([Some(1), None].into_iter().try_fold(0, added), None);
    }
}
