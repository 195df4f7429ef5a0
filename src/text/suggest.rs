//! "Did you mean": the nearest of the words that would have been right.

/// The candidate most like `word`, when one is like it at all.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (likeness(&word.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// 0 to 1. One slip of the finger in a short word is likeness enough, which Jaro-Winkler alone does not see.
fn likeness(word: &str, candidate: &str) -> f64 {
    let like = strsim::jaro_winkler(word, candidate);
    if candidate.chars().count() >= 3 && strsim::osa_distance(word, candidate) == 1 { like.max(0.9) } else { like }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_typo_finds_its_word_and_noise_finds_none() {
        assert_eq!(nearest("timeut", ["timeout", "until"]), Some("timeout"));
        assert_eq!(nearest("Enviroment", ["environment", "endpoint"]), Some("environment"));
        assert_eq!(nearest("ulr", ["url", "via"]), Some("url"));
        assert_eq!(nearest("zzz", ["environment", "endpoint"]), None);
        assert_eq!(nearest("x", []), None);
    }
}
