//! The rings of a service: within their size, thinned when they are old, one writer, and nothing lost by a kill but the last seconds.

use super::recording;
use crate::console_pty::black_hole;
use crate::support::http::{Answering, reply};
use crate::support::program;
use opsctl::app::history::{Found, History, Memory, Step};
use opsctl::app::record::Recording;
use opsctl::app::ring::{Limits, Ring, Rings};
use opsctl::app::service::Service;
use opsctl::app::{Observed, TimeLimit, load, observe};
use opsctl::config::state::{State, folder_name};
use opsctl::fleet::record::Reader;
use opsctl::model::{Clock, Moment};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

fn later(begin: Moment, seconds: u64) -> Moment {
    begin.plus(Duration::from_secs(seconds))
}

/// The one cluster of a recording of the lab.
fn name_of(observed: &Observed) -> &str {
    &observed.fleet.clusters[0].spec.name
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "opr"));
    files.sort();
    files
}

fn bytes(folder: &Path) -> u64 {
    files(folder).iter().map(|path| std::fs::metadata(path).expect("a file").len()).sum()
}

#[test]
fn a_ring_stays_within_its_size_and_loses_the_oldest() {
    let folder = tempfile::tempdir().expect("folder");
    let shown = super::instants(&recording("fault-lock-tree"));
    let limits = Limits { size: 200_000, file: Duration::from_secs(10), ..Limits::default() };
    let mut ring = Ring::new(folder.path(), 0o600, name_of(&shown[0]), limits).expect("a ring");
    let begin = shown[0].now;
    for second in 0..200 {
        let observed = shown[usize::try_from(second).unwrap() % shown.len()].at(later(begin, second));
        ring.take(&observed).expect("written");
        assert!(bytes(folder.path()) <= limits.size, "after {second} s");
        assert_eq!(ring.bytes(), bytes(folder.path()), "after {second} s");
    }
    let kept = files(folder.path());
    let oldest = Recording::open(&kept[0]).expect("opens").span().expect("instants").0;
    let newest = Recording::open(kept.last().expect("files")).expect("opens").span().expect("instants").1;
    assert!(oldest.wall > begin.wall && newest == later(begin, 199), "{oldest:?} {newest:?}");
    // the next one goes on with what is there
    let again = Ring::new(folder.path(), 0o600, name_of(&shown[0]), limits).expect("a ring");
    assert_eq!(again.bytes(), bytes(folder.path()));
}

#[test]
fn what_is_old_is_thinned_and_what_is_too_old_is_gone() {
    let folder = tempfile::tempdir().expect("folder");
    let observed = recording("healthy").instant(0).expect("an instant");
    let limits = Limits { keep: Duration::from_mins(7), file: Duration::from_mins(1), thin_after: Duration::from_mins(2), ..Limits::default() };
    let mut ring = Ring::new(folder.path(), 0o600, name_of(&observed), limits).expect("a ring");
    for second in (0..600).step_by(3) {
        ring.take(&observed.at(later(observed.now, second))).expect("written");
    }
    let paces: Vec<(u32, usize)> = files(folder.path())
        .iter()
        .map(|path| Reader::open(Box::new(File::open(path).expect("a file"))).expect("opens"))
        .map(|reader| (reader.head().every_seconds, reader.stops().len()))
        .collect();
    assert_eq!(paces, [(15, 4), (15, 4), (15, 4), (15, 4), (1, 20), (1, 20), (1, 20), (1, 20)]);
}

#[test]
fn rings_of_two_clusters_are_looked_back_at_together() {
    let root = tempfile::tempdir().expect("folder");
    let shown = super::instants(&recording("healthy"));
    let begin = shown[0].now;
    let mut other = shown[0].clone();
    let mut fleet = other.fleet.as_ref().clone();
    let mut spec = fleet.clusters[0].spec.as_ref().clone();
    spec.name = "a/b".to_owned();
    std::sync::Arc::make_mut(&mut fleet.clusters[0]).spec = spec.into();
    other.fleet = fleet.into();
    let lab = name_of(&shown[0]);
    for (name, observed) in [(lab, &shown[0]), ("a/b", &other)] {
        let folder = root.path().join(folder_name(name));
        std::fs::create_dir(&folder).expect("a folder");
        let limits = Limits { file: Duration::from_secs(5), ..Limits::default() };
        let mut ring = Ring::new(&folder, 0o600, name, limits).expect("a ring");
        for second in 0..12 {
            ring.take(&observed.at(later(begin, second))).expect("written");
        }
    }
    let rings = Rings::of(root.path(), [lab, "a/b", "not kept"]);
    assert_eq!(rings.begin(), Some(begin.wall));
    let told = rings.at(later(begin, 7).wall).expect("readable").expect("kept");
    assert_eq!(told.now, later(begin, 7));
    assert_eq!(told.fleet.clusters.iter().map(|cluster| cluster.spec.name.as_str()).collect::<Vec<_>>(), [lab, "a/b"]);
    assert!(rings.at(begin.wall - Duration::from_secs(1)).expect("readable").is_none());
    // forth goes through the files, one instant after the other, and ends
    let after = |second: u64, until: u64| rings.after(later(begin, second).wall, later(begin, until).wall).expect("readable").map(|told| told.now);
    assert_eq!((after(3, 60), after(4, 60), after(11, 60)), (Some(later(begin, 4)), Some(later(begin, 5)), None));
    assert_eq!((after(4, 5), after(4, 6)), (None, Some(later(begin, 5))));
    // a file that nothing was written into, as a full disk leaves it, hides neither the file before it nor the other cluster
    let hollow = root.path().join(folder_name(lab));
    let mut all = files(&hollow);
    let last = all.pop().expect("files");
    std::fs::write(&last, "").expect("emptied");
    let told = rings.at(later(begin, 11).wall).expect("readable").expect("kept");
    assert_eq!(told.fleet.clusters.iter().map(|cluster| cluster.spec.name.as_str()).collect::<Vec<_>>(), [lab, "a/b"]);
    for path in all {
        std::fs::write(path, "no recording").expect("damaged");
    }
    let told = rings.at(later(begin, 11).wall).expect("the other cluster is there").expect("kept");
    assert_eq!(told.fleet.clusters.len(), 1);
}

#[test]
fn a_disk_that_is_full_leaves_no_file_without_an_instant() {
    let folder = tempfile::tempdir().expect("folder");
    let observed = recording("healthy").instant(0).expect("an instant");
    // smaller than one instant: nothing can be written
    let limits = Limits { size: 1_000, ..Limits::default() };
    let mut ring = Ring::new(folder.path(), 0o600, name_of(&observed), limits).expect("a ring");
    for second in 0..5 {
        ring.take(&observed.at(later(observed.now, second))).expect_err("no room");
    }
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn what_begins_in_the_future_goes_before_the_past_once_the_clock_can_be_believed() {
    let folder = tempfile::tempdir().expect("folder");
    let observed = recording("healthy").instant(0).expect("an instant");
    let limits = Limits { file: Duration::ZERO, ..Limits::default() };
    let mut ring = Ring::new(folder.path(), 0o600, name_of(&observed), limits).expect("a ring");
    for second in 0..3 {
        ring.take(&observed.at(later(observed.now, second))).expect("written");
    }
    let past = files(folder.path());
    let future = folder.path().join("20360101T000000.000000000Z.opr");
    std::fs::copy(&past[0], &future).expect("copied");
    // room for four such and no fifth: two instants differ by some bytes
    let limits = Limits { size: bytes(folder.path()) + bytes(folder.path()) / 16, ..limits };
    let mut ring = Ring::new(folder.path(), 0o600, name_of(&observed), limits).expect("a ring");
    ring.take(&observed.at(later(observed.now, 3))).expect("written");
    // a machine that has just started with a clock that is behind: it may be the newest past
    assert!(!past[0].exists() && past[1].exists() && future.exists());
    ring.take(&observed.at(later(observed.now, 603))).expect("written");
    assert!(past[1].exists() && past[2].exists() && !future.exists());
    let news = ring.news();
    assert!(matches!(news.as_slice(), [one] if one.starts_with(&format!("{} begins later than now", future.display()))), "{news:?}");
}

#[test]
fn a_file_that_cannot_be_removed_counts_on_and_is_said() {
    let folder = tempfile::tempdir().expect("folder");
    let observed = recording("healthy").instant(0).expect("an instant");
    let limits = Limits { file: Duration::ZERO, ..Limits::default() };
    let mut ring = Ring::new(folder.path(), 0o600, name_of(&observed), limits).expect("a ring");
    for second in 0..4 {
        ring.take(&observed.at(later(observed.now, second))).expect("written");
    }
    let limits = Limits { size: bytes(folder.path()) + bytes(folder.path()) / 16, ..limits };
    let mut ring = Ring::new(folder.path(), 0o600, name_of(&observed), limits).expect("a ring");
    let before = ring.bytes();
    let stays = files(folder.path()).remove(0);
    std::fs::remove_file(&stays).expect("removed");
    std::fs::create_dir(&stays).expect("a folder is no file");
    for second in 4..9 {
        ring.take(&observed.at(later(observed.now, second))).expect("written");
    }
    // the one that stays, and three others
    assert_eq!((files(folder.path()).len(), stays.is_dir()), (4, true));
    assert!(ring.bytes() <= limits.size && ring.bytes() * 16 > before * 15, "{} of {before}", ring.bytes());
    assert_eq!(ring.news().iter().filter(|sentence| sentence.contains(&stays.display().to_string())).count(), 1);
}

#[test]
fn an_instant_that_never_fits_takes_nothing_of_the_past() {
    let folder = tempfile::tempdir().expect("folder");
    let observed = recording("healthy").instant(0).expect("an instant");
    let mut ring = Ring::new(folder.path(), 0o600, name_of(&observed), Limits::default()).expect("a ring");
    ring.take(&observed).expect("written");
    drop(ring);
    let before = files(folder.path());
    let limits = Limits { size: 1_000, ..Limits::default() };
    let mut ring = Ring::new(folder.path(), 0o600, name_of(&observed), limits).expect("a ring");
    let error = ring.take(&observed.at(later(observed.now, 1))).expect_err("no room");
    assert!(error.to_string().contains("too small for this cluster"), "{error}");
    assert_eq!((files(folder.path()), before.len()), (before, 1));
}

#[test]
fn a_ring_on_the_command_line_has_the_bounds_of_the_configuration() {
    let place = Place::new();
    let config = place.folder.path().join("opsctl.toml");
    let whole = std::fs::read_to_string(&config).expect("a configuration");
    for (size, what, hint) in [
        ("1MiB", "\"1MiB\" is too small", "at least \"4MiB\""),
        ("2TiB", "\"2TiB\" is too large", "at most \"1TiB\""),
        ("7", "\"7\" is no size", "7MiB"),
    ] {
        let said = |arguments: &[&str]| {
            let output = place.command(&[&["watch", "--headless"], arguments].concat()).output().expect("starts");
            assert_eq!(output.status.code(), Some(2));
            String::from_utf8_lossy(&output.stderr).into_owned()
        };
        let by_flag = said(&["--ring-size", size]);
        assert!(by_flag.contains(&format!("--ring-size: {what}")) && by_flag.contains(hint), "{by_flag}");
        std::fs::write(&config, format!("{whole}\n[ring]\nsize = \"{size}\"\n")).expect("written");
        let by_file = said(&[]);
        assert!(by_file.contains(&format!("ring.size: {what}")) && by_file.contains(hint), "{by_file}");
        std::fs::write(&config, &whole).expect("written");
    }
}

fn pipe(path: &Path) {
    rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).expect("a pipe");
}

#[test]
fn a_pipe_among_old_files_is_said_and_left_alone_while_the_others_are_thinned() {
    let folder = tempfile::tempdir().expect("folder");
    let observed = recording("healthy").instant(0).expect("an instant");
    let limits = Limits { file: Duration::from_mins(1), thin_after: Duration::from_mins(2), ..Limits::default() };
    let mut ring = Ring::new(folder.path(), 0o600, name_of(&observed), limits).expect("a ring");
    for second in (0..180).step_by(3) {
        ring.take(&observed.at(later(observed.now, second))).expect("written");
    }
    // one that the ring knows has become something else
    let first = files(folder.path()).remove(0);
    std::fs::remove_file(&first).expect("removed");
    pipe(&first);
    for second in (180..600).step_by(3) {
        ring.take(&observed.at(later(observed.now, second))).expect("written");
    }
    assert_eq!(ring.news(), [format!("{} is left alone: it is a pipe, not a regular file", first.display())]);
    assert_eq!(ring.news(), Vec::<String>::new());
    let second = files(folder.path()).remove(1);
    assert_eq!(Reader::open(Box::new(File::open(second).expect("a file"))).expect("opens").head().every_seconds, 15);
    assert!(first.exists());
}

/// A member that answers, a configuration that names it, and a state directory.
struct Place {
    _server: Answering,
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Place {
        let body = r#"{"state": "running", "role": "primary", "server_version": 150018, "xlog": {"location": 1}, "timeline": 1, "patroni": {"version": "4.1.5", "scope": "c", "name": "pg1"}}"#;
        let server = Answering::start(move |_| reply(200, body));
        let folder = tempfile::tempdir().expect("folder");
        let text = format!(
            "[poll]\nfast = \"200ms\"\n\n[[cluster]]\nname = \"c\"\n\n[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"{}\"\n",
            server.url()
        );
        std::fs::write(folder.path().join("opsctl.toml"), text).expect("written");
        Place { _server: server, folder }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.args(arguments).arg("--config").arg(self.folder.path().join("opsctl.toml"));
        command.env("XDG_STATE_HOME", self.folder.path()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    fn ring(&self) -> PathBuf {
        self.folder.path().join("opsctl/ring/c")
    }

    /// The service, once it holds its ring.
    fn serve(&self) -> Served {
        self.serve_into(Stdio::null())
    }

    fn serve_into(&self, out: impl Into<Stdio>) -> Served {
        let mut child = self.command(&["watch", "--headless"]).stdout(out).spawn().expect("starts");
        let mut said = String::new();
        BufReader::new(child.stderr.as_mut().expect("piped")).read_line(&mut said).expect("its first line");
        assert!(said.contains("rings are kept in"), "{said}");
        Served(child)
    }

    fn instants(&self) -> Vec<Moment> {
        if !self.ring().exists() {
            return Vec::new();
        }
        let open = |path: PathBuf| Recording::open(&path).ok().map(|recording| recording.stops().iter().map(|stop| stop.at).collect::<Vec<_>>());
        files(&self.ring()).into_iter().filter_map(open).flatten().collect()
    }
}

struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

fn until(what: &str, condition: impl Fn() -> bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
    let clock = Clock::real();
    let reached = runtime.block_on(clock.timeout(Duration::from_mins(1), async {
        while !condition() {
            clock.sleep(Duration::from_millis(20)).await;
        }
    }));
    assert!(reached.is_some(), "not within a minute: {what}");
}

#[test]
fn a_trouble_is_told_once_until_it_is_gone() {
    let place = tempfile::tempdir().expect("folder");
    let observed = recording("healthy").instant(0).expect("an instant");
    let state = State { path: place.path().join("opsctl"), shared: false };
    let mut service = Service::begin(&state, [name_of(&observed)], Limits::default(), "a test").expect("begins");
    let (folder, gone) = (state.rings().join(folder_name(name_of(&observed))), place.path().join("gone"));
    std::fs::rename(&folder, &gone).expect("moved");
    // a revision comes in the middle of each second, when no instant is due
    let mut told = |halves: std::ops::Range<u64>| -> Vec<String> {
        let at = |half: u64| observed.at(observed.now.plus(Duration::from_millis(500 * half)));
        halves.flat_map(|half| service.take(&at(half))).collect()
    };
    let first = told(0..9);
    assert!(matches!(first.as_slice(), [one] if one.contains("No such file")), "{first:?}");
    std::fs::rename(&gone, &folder).expect("moved back");
    assert_eq!(told(9..13), Vec::<String>::new());
    std::fs::rename(&folder, &gone).expect("moved");
    std::fs::write(&folder, "a file in its place").expect("written");
    // the file that is open lies where it was moved to; a new one is due ten minutes later
    assert_eq!(told(1_300..1_309).len(), 1);
}

#[test]
fn an_instant_that_could_not_be_written_is_told_by_the_next() {
    let place = tempfile::tempdir().expect("folder");
    let (folder, gone) = (place.path().join("ring"), place.path().join("gone"));
    std::fs::create_dir(&folder).expect("made");
    let (healthy, fault) = (super::instants(&recording("healthy")), super::instants(&recording("fault-lock-tree")));
    let (well, ill) = (healthy.last().expect("an instant"), fault.last().expect("an instant"));
    assert_eq!(name_of(well), name_of(ill));
    // each instant begins a file of its own
    let limits = Limits { file: Duration::ZERO, ..Limits::default() };
    let mut ring = Ring::new(&folder, 0o600, name_of(well), limits).expect("a ring");
    let begin = ill.now;
    ring.take(&well.at(begin)).expect("written");
    std::fs::rename(&folder, &gone).expect("moved");
    assert!(ring.take(&ill.at(later(begin, 1))).is_err(), "there is no folder");
    std::fs::rename(&gone, &folder).expect("moved back");
    ring.take(&ill.at(later(begin, 2))).expect("written");
    let last = files(&folder).pop().expect("a file");
    let stop = Recording::open(&last).expect("opens").stops()[0];
    assert_eq!((stop.at, stop.marked, stop.whole), (later(begin, 2), true, true), "the verdict changed with what was not written");
}

#[test]
fn a_killed_service_loses_two_seconds_at_most_and_the_next_goes_on() {
    let place = Place::new();
    let mut service = place.serve();
    until("four instants", || place.instants().len() >= 4);
    let killed = Clock::real().now();
    service.0.kill().expect("killed");
    service.0.wait().expect("reaped");
    let kept = place.instants();
    let last = kept.last().expect("instants");
    assert!(killed.since(*last) <= Duration::from_secs(2), "the last instant is {:?} old", killed.since(*last));
    for path in files(&place.ring()) {
        let recording = Recording::open(&path).expect("opens");
        assert!(recording.damage().is_empty(), "{:?}", recording.damage());
    }
    // the lock went with its holder
    let _next = place.serve();
    until("more instants", || place.instants().len() > kept.len());
    assert_eq!(place.instants()[..kept.len()], kept[..]);
}

#[test]
fn a_service_names_what_does_not_belong_into_its_ring_and_goes_on() {
    let place = Place::new();
    std::fs::create_dir_all(place.ring().join("x.part")).expect("made");
    std::os::unix::fs::symlink("nowhere", place.ring().join("20260101T000000.000000000Z.opr")).expect("linked");
    pipe(&place.ring().join("20260102T000000.000000000Z.opr"));
    let mut service = place.serve();
    let mut said = BufReader::new(service.0.stderr.take().expect("piped")).lines();
    for (name, what) in [("x.part", "a folder"), ("20260101T000000.000000000Z.opr", "a link"), ("20260102T000000.000000000Z.opr", "a pipe")] {
        let line = said.next().expect("another line").expect("read");
        assert!(line.contains(name) && line.ends_with(&format!("is left alone: it is {what}, not a regular file")), "{line}");
    }
    until("two instants", || {
        let written = std::fs::read_dir(place.ring()).expect("a folder").flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
        let open = |path: PathBuf| Recording::open(&path).map_or(0, |recording| recording.stops().len());
        written.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "opr")).map(|entry| open(entry.path())).sum::<usize>() >= 2
    });
}

#[test]
fn a_service_that_nobody_reads_says_so_once_and_goes_on() {
    let full = || Stdio::from(File::options().write(true).open("/dev/full").expect("a full device"));
    for (out, why) in [(full(), "No space left on device"), (Stdio::piped(), "Broken pipe")] {
        let place = Place::new();
        let mut service = place.serve_into(out);
        drop(service.0.stdout.take());
        let said = service.0.stderr.take().expect("piped");
        let mut said = BufReader::new(said).lines().map(|line| line.expect("read"));
        let line = said.next().expect("it is said");
        assert!(line.contains("cannot write the output") && line.contains(why), "{line}");
        let before = place.instants().len();
        until("two instants more", || place.instants().len() >= before + 2);
        let process = rustix::process::Pid::from_child(&service.0);
        rustix::process::kill_process(process, rustix::process::Signal::TERM).expect("sent");
        assert_eq!(service.0.wait().expect("reaped").code(), Some(143));
        assert_eq!(said.collect::<Vec<_>>(), Vec::<String>::new(), "once");
    }
}

#[test]
fn a_second_service_is_told_who_holds_the_ring() {
    let place = Place::new();
    let first = place.serve();
    let refused = place.command(&["watch", "--headless"]).output().expect("starts");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(9), "{said}");
    assert!(said.contains(&format!("the ring of c is written by process {} of user", first.0.id())), "{said}");
}

#[test]
fn a_console_that_was_opened_later_looks_into_the_ring() {
    let place = Place::new();
    let service = place.serve();
    until("three instants", || place.instants().len() >= 3);
    drop(service);
    let kept = place.instants();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    let stop = CancellationToken::new();
    let clock = Clock::real();
    let wanted = load::Wanted { config: Some(place.folder.path().join("opsctl.toml")), ..load::Wanted::default() };
    let memory = runtime.block_on(async {
        let loaded = load::load(&wanted, &TimeLimit::start(&clock, Duration::from_secs(2))).await.expect("a configuration");
        let seen = observe::watch(&loaded.inventory, loaded.polling, &clock, &stop);
        Memory::start(&seen, Some(Rings::of(&place.folder.path().join("opsctl/ring"), ["c"])), &clock, &stop)
    });
    until("two instants in memory", || memory.span().is_some_and(|(first, last)| first != last));
    let (first, last) = memory.span().expect("a span");
    let at = |found: Result<Found, String>| match found.expect("found") {
        Found::At(observed) => observed.now,
        Found::Newest => panic!("nothing is newer"),
    };
    assert_eq!(at(memory.near(last, Step::To(first.wall))), first);
    // before its own beginning it asks the ring
    assert_eq!(at(memory.near(first, Step::To(kept[1].wall))), kept[1]);
    let why = memory.near(first, Step::To(kept[0].wall - Duration::from_secs(9))).expect_err("nothing is kept");
    assert!(why.starts_with("nothing is kept from before "), "{why}");
    // a ring that reaches back by less than a minute is gone to its beginning, and no further
    assert_eq!(at(memory.near(first, Step::By(-60))), kept[0]);
    assert_eq!(at(memory.near(last, Step::By(-60))), kept[0]);
    assert_eq!(at(memory.near(kept[1], Step::Back)), kept[0]);
    memory.near(kept[0], Step::By(-60)).expect_err("nothing is kept");
    memory.near(kept[0], Step::Back).expect_err("nothing is kept");
    stop.cancel();
}

#[test]
fn a_recording_begins_when_every_endpoint_has_answered_or_failed() {
    let place = Place::new();
    let config = place.folder.path().join("opsctl.toml");
    let slow = format!("\n[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg2\"\nurl = \"http://{}\"\n", black_hole());
    let text = std::fs::read_to_string(&config).expect("read");
    std::fs::write(&config, format!("{text}{slow}")).expect("written");
    let file = place.folder.path().join("x.opr");
    let output = place.command(&["record", file.to_str().expect("text"), "--for", "5s"]).output().expect("starts");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let first = Recording::open(&file).expect("opens").instant(0).expect("an instant");
    let entries = &first.fleet.clusters[0].entries;
    assert!(entries.iter().all(|entry| entry.good.is_some() || entry.failure.is_some()), "{entries:?}");
}

#[test]
fn record_writes_a_file_once_and_says_what_is_in_it() {
    let place = Place::new();
    let file = place.folder.path().join("x.opr");
    let path = file.to_str().expect("text");
    let output = place.command(&["record", path, "--for", "3s"]).stdout(Stdio::piped()).output().expect("starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let recording = Recording::open(&file).expect("opens");
    assert!(said.starts_with(&format!("{path}: {} instants from ", recording.stops().len())), "{said}");
    let again = place.command(&["record", path, "--for", "1s"]).output().expect("starts");
    assert_eq!(again.status.code(), Some(2), "{}", String::from_utf8_lossy(&again.stderr));
    let observed: Observed = recording.at(jiff::Timestamp::MAX).expect("an instant");
    assert!(observed.fleet.clusters[0].entries[0].good.is_some());
}
