//! Who asks for something, by what the login and sudo left in the environment. It is a name, not a proof.

use crate::engine::plan::Actor;

/// Who asks, by the variables of this process.
#[must_use]
pub fn actor() -> Actor {
    of(|name| std::env::var(name).ok(), rustix::process::getuid().as_raw())
}

fn of(variable: impl Fn(&str) -> Option<String>, uid: u32) -> Actor {
    let named = |name: &str| variable(name).filter(|text| !text.is_empty());
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned();
    // sudo alone knows who stands behind root
    let sudo = named("SUDO_USER").filter(|_| uid == 0);
    let (name, via) = match (sudo, named("USER").or_else(|| named("LOGNAME"))) {
        (Some(name), _) => (name, "sudo"),
        (None, Some(name)) => (name, "login"),
        (None, None) => (format!("uid {uid}"), "uid"),
    };
    Actor { name, host, via: via.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sudo_tells_who_stands_behind_root_and_nobody_else_can_say_so() {
        let told = |variables: &[(&str, &str)], uid: u32| {
            let actor = of(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()), uid);
            format!("{} by {}", actor.name, actor.via)
        };
        assert_eq!(told(&[("USER", "root"), ("SUDO_USER", "ana")], 0), "ana by sudo");
        assert_eq!(told(&[("USER", "ben"), ("SUDO_USER", "ana")], 1000), "ben by login");
        assert_eq!(told(&[("USER", ""), ("LOGNAME", "ben")], 1000), "ben by login");
        assert_eq!(told(&[], 1000), "uid 1000 by uid");
    }
}
