//! "Did you mean": the nearest of the words that would have been right.

/// The candidate most like `word`, when one is like it at all.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&word.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_typo_finds_its_word_and_noise_finds_none() {
        assert_eq!(nearest("timeut", ["timeout", "until"]), Some("timeout"));
        assert_eq!(nearest("Enviroment", ["environment", "endpoint"]), Some("environment"));
        assert_eq!(nearest("zzz", ["environment", "endpoint"]), None);
        assert_eq!(nearest("x", []), None);
    }
}
