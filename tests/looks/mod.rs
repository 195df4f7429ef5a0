//! How the console looks: the themes measured, what a look may and may not change in a frame, and frames without a terminal.

mod colour;
mod command;
mod faults;
mod frames;
mod measure;
mod own;
mod pictures;
mod scripts;
mod states;
mod vision;
