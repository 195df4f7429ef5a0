//! The layers of the configuration put over each other: who wins, who says so, what a stranger's file may not decide; and that no file makes it panic.

use opsctl::app::load::checked;
use opsctl::app::settings::explained;
use opsctl::config::{Config, Layer, Sources, diagnostic};
use opsctl::health::rules::RULES;
use opsctl::systems::contract::RuleInfo;
use opsctl::systems::registry::SYSTEMS;
use proptest::prelude::*;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const CLUSTER: &str = "[[cluster]]\nname = \"lab\"\n\n[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"http://127.0.1.1:8008\"\n";

struct Host(tempfile::TempDir);

impl Host {
    fn new() -> Self {
        Host(tempfile::tempdir().expect("folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, mode: u32, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("parent")).expect("folder");
        std::fs::write(&path, text).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("chmod");
        path
    }

    fn sources(&self) -> Sources {
        Sources {
            system: Some(self.path("etc")),
            user: Some(self.path("home")),
            project: Some(self.path("work/.opsctl.toml")),
            chosen: None,
            variables: Vec::new(),
            set: Vec::new(),
        }
    }
}

fn load(sources: &Sources) -> Result<Config, String> {
    let rules: Vec<&RuleInfo> = RULES.iter().map(|rule| &rule.info).collect();
    checked(SYSTEMS, &rules, sources).map_err(|found| diagnostic::render(&found))
}

fn explain(config: &Config, key: &str) -> (String, Layer, String, Vec<String>) {
    let found = explained(config, Some(key)).expect("key");
    let said = found[0].value.clone().expect("set");
    (said.value, said.layer, said.place, found[0].overrides.iter().map(|lost| lost.layer.word().to_owned()).collect())
}

#[test]
fn each_layer_wins_over_the_ones_below_and_says_where_it_stands() {
    let host = Host::new();
    let system = host.file("etc/config.toml", 0o644, "[poll]\nfast = \"2s\"\nslow = \"20s\"\nrare = \"6m\"\n");
    let user = host.file("home/config.toml", 0o600, "[poll]\nfast = \"3s\"\nslow = \"30s\"\n");
    host.file("work/.opsctl.toml", 0o600, "[poll]\nfast = \"4s\"\n");
    let mut sources = host.sources();
    let config = load(&sources).expect("good");
    assert_eq!(explain(&config, "poll.rare").1, Layer::System);
    assert_eq!(explain(&config, "poll.slow").2, format!("{}:3:8", user.display()));
    let fast = explain(&config, "poll.fast");
    assert_eq!((fast.0.as_str(), fast.1, fast.3), ("\"4s\"", Layer::Project, vec!["user".to_owned(), "system".to_owned(), "built-in".to_owned()]));
    sources.variables = vec![("OPSCTL__poll__fast".to_owned(), "5s".to_owned()), ("OPSCTL__POLL__SLOW".to_owned(), "50s".to_owned())];
    let config = load(&sources).expect("good");
    assert_eq!(explain(&config, "poll.fast").1, Layer::Environment);
    assert_eq!((config.poll.fast.as_secs(), config.poll.slow.as_secs()), (5, 50));
    sources.set = vec!["poll.fast=6s".to_owned(), "poll.fast=7s".to_owned()];
    let config = load(&sources).expect("good");
    assert_eq!((explain(&config, "poll.fast").1, config.poll.fast.as_secs()), (Layer::Flag, 7));
    sources.chosen = Some(host.file("chosen.toml", 0o600, "[poll]\nrare = \"8m\"\n"));
    let config = load(&sources).expect("good");
    assert_eq!(config.poll.rare.as_secs(), 480, "the chosen file stands in for {}", system.display());
    assert_eq!(explain(&config, "poll.rare").3, ["built-in"]);
}

#[test]
fn clusters_merge_by_name_and_endpoints_by_system_and_name() {
    let host = Host::new();
    host.file("etc/clusters.d/lab.toml", 0o644, CLUSTER);
    host.file(
        "home/config.toml",
        0o600,
        "[[cluster]]\nname = \"lab\"\nrto_goal = \"10s\"\n\n[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nzone = \"b\"\n\n\
         [[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg2\"\nurl = \"http://127.0.1.2:8008\"\n",
    );
    let config = load(&host.sources()).expect("good");
    let [cluster] = config.inventory.clusters.as_slice() else { panic!("{:?}", config.inventory) };
    let endpoints: Vec<_> =
        cluster.endpoints.iter().map(|endpoint| (endpoint.id.name.as_str(), endpoint.zone.as_ref().map(|zone| zone.0.as_str()))).collect();
    assert_eq!(endpoints, [("pg1", Some("b")), ("pg2", None)]);
    assert_eq!(cluster.endpoints[0].body.text("url"), Some("http://127.0.1.1:8008"));
    assert!(cluster.found_in.ends_with("clusters.d/lab.toml:2"), "{}", cluster.found_in);
}

#[test]
fn the_defaults_of_a_group_hold_for_its_own_clusters_and_lose_to_what_they_say() {
    let host = Host::new();
    host.file("etc/config.toml", 0o644, "[defaults]\nenvironment = \"staging\"\nzone = \"far\"\n");
    let group = "[defaults]\nenvironment = \"dev\"\n\n[defaults.endpoint.patroni]\nzone = \"near\"\nwrite = { user = \"admin\", password = \"file:admin\" }\n\n";
    host.file("etc/clusters.d/a.toml", 0o644, &format!("{group}{CLUSTER}write = {{ user = \"other\" }}\n"));
    host.file("etc/clusters.d/b.toml", 0o644, &CLUSTER.replace("lab", "shop").replace("[[cluster.e", "rto_goal = \"9s\"\n[[cluster.e"));
    let config = load(&host.sources()).expect("good");
    let words: Vec<_> = config.inventory.clusters.iter().map(|cluster| (cluster.name.as_str(), cluster.environment.word())).collect();
    assert_eq!(words, [("lab", "dev"), ("shop", "staging")]);
    let endpoint = |at: usize| config.inventory.clusters[at].endpoints[0].clone();
    assert_eq!(endpoint(0).zone.as_ref().map(|zone| zone.0.as_str()), Some("near"));
    assert_eq!(endpoint(1).zone.as_ref().map(|zone| zone.0.as_str()), Some("far"));
    let write = endpoint(0).write.clone().expect("write");
    assert_eq!(write.user, "other");
    let secret = write.password.expect("inherited").to_string();
    assert_eq!(secret, format!("file:{}", host.path("etc/clusters.d/admin").display()));
    assert!(endpoint(1).write.is_none());
    assert_eq!(explain(&config, "cluster.lab.endpoint.patroni/pg1.zone").3, ["system"]);
}

#[test]
fn two_files_of_one_layer_cannot_both_have_a_cluster() {
    let host = Host::new();
    host.file("etc/clusters.d/a.toml", 0o644, CLUSTER);
    host.file("etc/clusters.d/copy-of-a.toml", 0o644, CLUSTER);
    let error = load(&host.sources()).expect_err("refused");
    assert!(error.contains("copy-of-a.toml:2:8") && error.contains("a.toml:2:8; rename one"), "{error}");
}

#[test]
fn a_project_file_that_others_can_read_decides_nothing_but_looks_and_pace() {
    let host = Host::new();
    host.file("home/config.toml", 0o600, CLUSTER);
    let theirs = format!(
        "[console]\nglyphs = \"ascii\"\n\n{}read = {{ user = \"x\", password = \"env:AWS_SECRET\" }}\n",
        CLUSTER.replace("127.0.1.1", "198.51.100.1")
    );
    host.file("work/.opsctl.toml", 0o644, &theirs);
    let error = load(&host.sources()).expect_err("refused");
    assert!(error.contains("may not set `cluster`") && error.contains("chmod 600"), "{error}");
    host.file("work/.opsctl.toml", 0o600, &theirs);
    assert!(load(&host.sources()).is_ok());
    host.file("work/.opsctl.toml", 0o644, "[console]\nglyphs = \"ascii\"\n");
    assert!(load(&host.sources()).is_ok());
}

#[test]
fn a_file_that_others_can_change_is_refused_and_not_quoted() {
    let host = Host::new();
    host.file("home/config.toml", 0o620, "[poll]\nfast = \"canary\"\n");
    let error = load(&host.sources()).expect_err("refused");
    assert!(error.contains("mode 0620") && error.contains("chmod go-w") && !error.contains("canary"), "{error}");
}

#[test]
fn variables_and_arguments_change_what_files_define_and_nothing_else() {
    let host = Host::new();
    host.file("home/config.toml", 0o600, CLUSTER);
    for (set, near) in [
        ("cluster.lba.rto_goal=10s", "did you mean `lab`?"),
        ("cluster.lab.endpoint.patroni/pg2.url=http://x", "did you mean `patroni/pg1`?"),
        ("cluster.lab.rto_gaol=10s", "did you mean `rto_goal`?"),
        ("poll.fast", "--set KEY=VALUE"),
        (".fast=1s", "an empty part"),
        ("cluster=lab", "expected tables"),
        ("cluster.lab=lab", "expected a table"),
        ("cluster.lab.endpoint.patroni/pg1.read.password=hunter2", "a secret in plain text"),
        ("poll.fast=[", "is no duration"),
    ] {
        let error = load(&Sources { set: vec![set.to_owned()], ..host.sources() }).expect_err(set);
        assert!(error.contains(near) && !error.contains("hunter2"), "{set}:\n{error}");
    }
    let set = ["cluster.lab.scope=7", "cluster.\"lab\".rto_goal=12s", "cluster.lab.endpoint.patroni/pg1.read={user=\"me\", password=\"env:ME\"}"];
    let config = load(&Sources { set: set.map(str::to_owned).to_vec(), ..host.sources() }).expect("good");
    let cluster = &config.inventory.clusters[0];
    assert_eq!((cluster.scope.as_str(), cluster.rto_goal.as_secs()), ("7", 12));
    assert_eq!(cluster.endpoints[0].read.as_ref().map(|read| read.user.as_str()), Some("me"));
    for name in ["OPSCTL__", "OPSCTL__poll", "OPSCTL__poll____fast", "OPSCTL__cluster__lab__read"] {
        let variables = vec![(name.to_owned(), "1".to_owned())];
        assert!(load(&Sources { variables, ..host.sources() }).is_err(), "{name}");
    }
}

#[test]
fn every_value_names_its_place_and_every_key_that_could_be_set_is_known() {
    let host = Host::new();
    let file = host.file("home/config.toml", 0o600, CLUSTER);
    let config = load(&host.sources()).expect("good");
    for explanation in explained(&config, None).expect("all") {
        let said = explanation.value.expect("set");
        match said.layer {
            Layer::BuiltIn => assert_eq!(said.place, "built-in"),
            _ => assert!(said.place.starts_with(&format!("{}:", file.display())) && said.at.is_some(), "{}: {}", explanation.key, said.place),
        }
        assert!(!explanation.doc.is_empty(), "{} has no meaning", explanation.key);
    }
    let unset = explained(&config, Some("cluster.lab.endpoint.patroni/pg1.zone")).expect("known");
    assert!(unset[0].value.is_none() && unset[0].doc.contains("failure domain"), "{unset:?}");
    let knobs = explained(&config, Some("cluster.lab.rules.clients-waiting")).expect("known");
    assert!(!knobs.is_empty() && knobs.iter().all(|knob| knob.doc.contains("unless set")), "{knobs:?}");
    for (key, near) in
        [("cluster.lba.scope", "cluster.lab"), ("pol.fast", "poll"), ("cluster.lab.endpoint.patroni/pg1.ulr", "url"), ("a..b", "empty")]
    {
        let error = explained(&config, Some(key)).expect_err(key);
        assert!(error.hint.contains(near), "{key}: {}", error.hint);
    }
}

#[test]
fn a_missing_chosen_file_and_a_folder_are_told_apart() {
    let host = Host::new();
    let missing = load(&Sources::only(host.path("no.toml"))).expect_err("missing");
    assert!(missing.contains("no.toml") && missing.contains("OPSCTL_CONFIG"), "{missing}");
    std::fs::create_dir_all(host.path("empty/clusters.d")).expect("folder");
    let empty = load(&Sources::only(host.path("empty"))).expect_err("nothing in it");
    assert!(empty.contains("empty is a folder without a configuration") && empty.contains("opsctl init") && empty.contains("--config"), "{empty}");
    host.file("strange/config.toml/x", 0o600, "");
    let strange = load(&Sources::only(host.path("strange"))).expect_err("a folder in the place of the file");
    assert!(strange.contains("strange/config.toml is not a regular file") && strange.contains("hint:"), "{strange}");
    host.file("all/clusters.d/lab.toml", 0o600, CLUSTER);
    host.file("all/clusters.d/notes.txt", 0o600, "nothing");
    let config = load(&Sources::only(host.path("all"))).expect("a folder");
    assert_eq!(config.inventory.clusters.len(), 1);
    let group = host.file("all/clusters.d/lab.toml", 0o600, &format!("[poll]\nfast = \"2s\"\n\n{CLUSTER}"));
    let error = load(&Sources::only(host.path("all"))).expect_err("not here");
    assert!(error.contains("cannot stand in a file of clusters.d") && error.contains(&format!("{}:1:2", group.display())), "{error}");
}

fn good() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config_good");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("file");
    format!("{}\n{}", read("every-kind-of-secret.toml"), read("looks-and-pace.toml"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_of_a_good_file_makes_it_panic_or_shows_what_acts_on_a_terminal(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..12usize, "[\\PC\u{1b}\u{202e}\"'\\[\\]{}=.,\n\\\\]{0,6}"), 1..6)
    ) {
        let mut text: Vec<char> = good().chars().collect();
        for (at, cut, with) in edits {
            let at = at.index(text.len().max(1)).min(text.len());
            let end = (at + cut).min(text.len());
            text.splice(at..end, with.chars());
        }
        let host = Host::new();
        let file = host.file("mutated.toml", 0o600, &text.into_iter().collect::<String>());
        if let Err(error) = load(&Sources::only(file)) {
            prop_assert!(error.chars().all(|c| c == '\n' || opsctl::text::untrusted::is_plain(c)), "{error:?}");
        }
    }

    #[test]
    fn no_plain_secret_is_ever_repeated(
        key in "(password|passwort|pw|token|secret|api_key)", quote in "(\"|'|\"\"\"|'''|)", equals in "(=|:| )", tail in "(\"|'|\"\"\"|'''|\\}|)", line in 0..12usize
    ) {
        let mut lines: Vec<String> = CLUSTER.lines().map(str::to_owned).collect();
        lines.insert(line.min(lines.len()), format!("{key} {equals} {quote}c4nary-c4nary{tail}"));
        let host = Host::new();
        let file = host.file("secret.toml", 0o600, &lines.join("\n"));
        let error = load(&Sources::only(file)).expect_err("refused");
        prop_assert!(!error.contains("c4nary"), "{error}");
    }
}
