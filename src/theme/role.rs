//! What a piece of a screen is for. Widgets name roles, never colours.

/// One meaning on a screen. A theme gives each its ink.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Plain text, and the ground that everything stands on.
    Text,
    /// Column heads, ages, what is there to be found and not to be seen first.
    Muted,
    /// Titles and names.
    Strong,
    /// Where one is: the path in the header.
    Accent,
    /// Frames.
    Border,
    /// The frame of what the keys move in.
    Focus,
    /// The ground of the selected row; other inks stand on it.
    Selection,
    Healthy,
    Warning,
    Critical,
    Info,
    Unknown,
    Stale,
    Running,
    Pending,
    Leader,
    Prod,
    Staging,
    Dev,
    /// Nothing can be changed from here.
    ReadOnly,
    /// The picture stands still.
    Frozen,
    /// A key that can be pressed.
    Key,
}

impl Role {
    pub const ALL: [Role; 22] = [
        Role::Text,
        Role::Muted,
        Role::Strong,
        Role::Accent,
        Role::Border,
        Role::Focus,
        Role::Selection,
        Role::Healthy,
        Role::Warning,
        Role::Critical,
        Role::Info,
        Role::Unknown,
        Role::Stale,
        Role::Running,
        Role::Pending,
        Role::Leader,
        Role::Prod,
        Role::Staging,
        Role::Dev,
        Role::ReadOnly,
        Role::Frozen,
        Role::Key,
    ];

    /// Its name in a theme file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Role::Text => "text",
            Role::Muted => "muted",
            Role::Strong => "strong",
            Role::Accent => "accent",
            Role::Border => "border",
            Role::Focus => "focus",
            Role::Selection => "selection",
            Role::Healthy => "healthy",
            Role::Warning => "warning",
            Role::Critical => "critical",
            Role::Info => "info",
            Role::Unknown => "unknown",
            Role::Stale => "stale",
            Role::Running => "running",
            Role::Pending => "pending",
            Role::Leader => "leader",
            Role::Prod => "prod",
            Role::Staging => "staging",
            Role::Dev => "dev",
            Role::ReadOnly => "read_only",
            Role::Frozen => "frozen",
            Role::Key => "key",
        }
    }

    /// Its place in [`Role::ALL`].
    #[must_use]
    pub const fn place(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn each_role_stands_at_its_place_and_has_its_own_name() {
        let names: std::collections::BTreeSet<_> = Role::ALL.iter().map(|role| role.name()).collect();
        assert_eq!(names.len(), Role::ALL.len());
        assert!(Role::ALL.len() <= 24);
        for (at, role) in Role::ALL.iter().enumerate() {
            assert_eq!(role.place(), at);
        }
    }
}
