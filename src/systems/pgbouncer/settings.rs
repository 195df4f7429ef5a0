//! `SHOW CONFIG`, and what became of it: a RELOAD of a file with one bad line sets all that follows to the compiled defaults and may answer success.

use crate::text::Untrusted;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All settings by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(pub BTreeMap<String, Setting>);

/// One setting. 1.18 shows an unset path as empty where newer ones show NULL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    pub value: Option<Untrusted>,
    /// What is compiled in.
    pub default: Option<Untrusted>,
}

impl Setting {
    fn is_default(&self) -> bool {
        said(self.value.as_ref()) == said(self.default.as_ref())
    }
}

/// A setting whose value is another than it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingChange {
    pub name: Untrusted,
    /// Empty where it was unset.
    pub before: Untrusted,
    pub after: Untrusted,
    /// It has the compiled default now and had another value.
    pub fell_back: bool,
}

impl Settings {
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&Untrusted> {
        self.0.get(name)?.value.as_ref()
    }

    #[must_use]
    pub fn count(&self, name: &str) -> Option<u64> {
        self.text(name)?.raw().parse().ok()
    }

    /// What is another in `after`, by name. A setting that only one of them has is left out: that is another version, not a change.
    #[must_use]
    pub fn changes(&self, after: &Settings) -> Vec<SettingChange> {
        let both = self.0.iter().filter_map(|(name, before)| Some((name, before, after.0.get(name)?)));
        let changed = both.filter(|(_, before, after)| said(before.value.as_ref()) != said(after.value.as_ref()));
        changed
            .map(|(name, before, after)| SettingChange {
                name: name.as_str().into(),
                before: said(before.value.as_ref()).into(),
                after: said(after.value.as_ref()).into(),
                fell_back: after.is_default() && !before.is_default(),
            })
            .collect()
    }
}

/// A value for comparing: NULL and empty both mean unset.
fn said(value: Option<&Untrusted>) -> &str {
    value.map_or("", Untrusted::raw)
}

/// Settings whose value may carry a secret (`auth_ldap_options` has a bind password); it is not kept.
#[must_use]
pub fn holds_secret(name: &str) -> bool {
    ["ldap", "passw", "secret"].iter().any(|word| name.contains(word))
}
