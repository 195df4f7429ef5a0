//! Each theme measured: contrast, and how well the three severities that count are told apart by every kind of colour vision.

use super::vision::{VISIONS, distance};
use opsctl::theme::colour::{Rgb, contrast, of_index};
use opsctl::theme::{Colour, Depth, Role, State, Theme, builtin, names};

/// The least contrast of text that is read, and of the theme that promises more. <https://www.w3.org/TR/WCAG21/#contrast-minimum>
const READABLE: f64 = 4.5;
const STRONG: f64 = 7.0;
/// Healthy, warning and critical are at least so far apart.
const APART: f64 = 20.0;

/// What is seen of a colour, where it is the same in every terminal.
fn seen(colour: Colour) -> Option<Rgb> {
    match colour {
        Colour::Rgb(rgb) => Some(rgb),
        Colour::Indexed(index) => Some(of_index(index)),
        Colour::Default | Colour::Ansi(_) => None,
    }
}

fn theme(name: &str, depth: Depth) -> Theme {
    builtin(name, depth).expect("a theme").expect("a good one")
}

fn coloured() -> impl Iterator<Item = &'static str> {
    names().filter(|name| *name != "mono")
}

#[test]
fn there_are_five() {
    assert_eq!(names().collect::<Vec<_>>(), ["midnight", "paper", "sky", "contrast", "mono"]);
}

#[test]
fn every_role_can_be_read_on_its_ground_and_on_the_selection() {
    let mut least: f64 = 21.0;
    for name in coloured() {
        let wanted = if name == "contrast" { STRONG } else { READABLE };
        for depth in [Depth::Indexed, Depth::True] {
            let theme = theme(name, depth);
            let ground = seen(theme.ink(Role::Text).bg).expect("a ground");
            let selection = seen(theme.ink(Role::Selection).bg).expect("a ground");
            assert_ne!(ground, selection, "{name} {depth:?}: nothing is seen of the selection");
            for role in Role::ALL.iter().filter(|role| **role != Role::Selection) {
                let ink = theme.ink(*role);
                let fg = seen(ink.fg).expect("a colour");
                // an ink with a ground of its own keeps it
                for bg in seen(ink.bg).filter(|_| *role != Role::Text).map_or([ground, selection], |own| [own, own]) {
                    let ratio = contrast(fg, bg);
                    least = least.min(ratio);
                    assert!(ratio >= wanted, "{name} {depth:?} {}: {ratio:.2}", role.name());
                }
            }
        }
    }
    println!("report: the least contrast of a theme is {least:.2}");
}

#[test]
fn healthy_warning_and_critical_are_apart_for_every_kind_of_vision() {
    for name in coloured() {
        let mut least = f64::MAX;
        for depth in [Depth::Indexed, Depth::True] {
            let theme = theme(name, depth);
            let [ok, warn, crit] = [Role::Healthy, Role::Warning, Role::Critical].map(|role| seen(theme.ink(role).fg).expect("a colour"));
            for (vision, matrix) in &VISIONS {
                for (what, a, b) in [("healthy, warning", ok, warn), ("healthy, critical", ok, crit), ("warning, critical", warn, crit)] {
                    let apart = distance(a, b, matrix);
                    least = least.min(apart);
                    assert!(apart >= APART, "{name} {depth:?} {vision}: {what}: {apart:.1}");
                }
            }
        }
        println!("report: {name}: healthy, warning and critical are at least {least:.0} apart");
    }
}

#[test]
fn the_sixteen_keep_severities_apart() {
    for name in coloured() {
        let theme = theme(name, Depth::Sixteen);
        let inks = [Role::Healthy, Role::Warning, Role::Critical, Role::Unknown].map(|role| theme.ink(role).fg);
        for (at, ink) in inks.iter().enumerate() {
            assert!(inks[at + 1..].iter().all(|other| other != ink) && matches!(ink, Colour::Ansi(_)), "{name}: {inks:?}");
        }
    }
}

#[test]
fn critical_stands_out_without_any_colour() {
    let others = [State::Warning, State::Info, State::Unknown, State::Healthy, State::Stale];
    for name in names() {
        let theme = theme(name, Depth::Mono);
        for role in Role::ALL {
            let ink = theme.ink(role);
            assert_eq!((ink.fg, ink.bg), (Colour::Default, Colour::Default), "{name} {}", role.name());
        }
        let loud = theme.ink(Role::Critical).effects;
        assert!(others.iter().all(|state| theme.ink(state.role()).effects != loud), "{name}");
    }
}
