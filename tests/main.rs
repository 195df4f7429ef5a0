//! The one integration test binary: each room's tests from outside are a module here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test ends where something is wrong, and says so"
)]

mod architecture;
mod audit;
mod canary;
mod cli;
mod config_corpus;
mod config_layers;
mod console_change;
mod console_child;
mod console_hands;
mod console_pty;
mod console_terminal;
mod console_time;
mod discovery;
mod etcd_golden;
mod etcd_rules;
mod fixture_system;
mod foresee;
mod generated;
mod haproxy_balancer;
mod haproxy_golden;
mod hostile;
mod lab_discovery;
mod lab_drill;
mod lab_failover;
mod lab_faults;
mod lab_kills;
mod lab_load;
mod lab_locks;
mod lab_readme;
mod lab_reads;
mod lab_replay;
mod lab_shutdown;
mod lab_store;
mod lab_switchover;
mod lab_who;
mod looks;
mod newer_poolers;
mod notices;
mod patroni_golden;
mod pgbouncer_console;
mod pgbouncer_golden;
mod postgres_deadline;
mod postgres_majors;
mod recorded_rules;
mod run_bound;
mod run_deadlines;
mod run_hosts;
mod run_locks;
mod run_secrets;
mod run_unlock;
mod runbook_corpus;
mod runs;
mod screens;
mod support;
mod typed_at_a_terminal;
mod who;
