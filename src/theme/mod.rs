//! Roles, palettes and glyphs: how a state looks, without naming a terminal library. It must never decide what state something is in.
