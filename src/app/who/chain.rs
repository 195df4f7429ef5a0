//! Links what the sides answered into one chain. Pure: every step needs two sides that agree, or says which one is missing.
//!
//! `remote_pid` of a pooler alone proves nothing: members have processes of the same number, and behind a balancer the pooler does not know which member
//! it talks to. The balancer's session does: its source is the pooler's own port, its server is the member.

use super::sides::{BalancerSide, Place, PoolerSide, ServerSide, local, remote};
use crate::model::{EndpointId, Gap, Moment, Reason};
use crate::systems::haproxy::sessions::Session as Balanced;
use crate::systems::pgbouncer::sessions::Session as Pooled;
use crate::systems::view::{Cell, Tone};
use crate::text::Untrusted;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

/// A connection of the pooler and its backend begin within this time of each other: both clocks may be of two hosts, and the pooler tells whole seconds.
const SAME_START: SignedDuration = SignedDuration::from_millis(2_500);

/// The way from a process to its client.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    pub pid: i32,
    /// From the server outwards.
    pub stations: Vec<Station>,
    /// Why the way could not be followed further; `None` when the last station is the client.
    pub broken: Option<Gap>,
    /// Whether the long form of the balancers' sessions would tell more.
    pub wants_whole: bool,
    /// Whether the link moved on while the pooler was read: worth another try.
    pub moved: bool,
}

/// One stop on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Station {
    /// `backend`, `balancer`, `pooler`, `client`.
    pub kind: &'static str,
    /// Where the facts are from; a client tells nothing itself, so there it is who saw it.
    pub endpoint: EndpointId,
    /// Address of the peer, towards the client.
    pub peer: Option<String>,
    /// What tells the connection from others there: `pid 4711`, `server 0x1 link 0x2`.
    pub session: Untrusted,
    pub facts: Vec<(&'static str, Cell)>,
    /// Who said it: `pg_stat_activity of pg1`.
    pub witness: String,
    pub taken_at: Moment,
}

impl Chain {
    /// The client, where the way could be followed to it.
    #[must_use]
    pub fn client(&self) -> Option<&Station> {
        self.stations.last().filter(|station| station.kind == "client" && self.broken.is_none())
    }
}

/// How sure it is that a connection of a pooler ends at the process.
enum Fit<'s> {
    /// The server sees the pooler's own port.
    Direct,
    /// This session of a balancer leads from the one to the other.
    Through(&'s BalancerSide, &'s Balanced),
    /// No balancer could be asked; nothing else fits.
    ByStart,
}

/// A connection of a pooler that fits.
struct Found<'s> {
    pooler: &'s PoolerSide,
    server: &'s Pooled,
    fit: Fit<'s>,
}

/// Links the sides.
#[must_use]
pub fn link(server: &ServerSide, poolers: &[PoolerSide], balancers: &[BalancerSide]) -> Chain {
    let mut chain = Chain { pid: server.session.pid, stations: vec![backend(server)], broken: None, wants_whole: false, moved: false };
    if let Err(gap) = follow(&mut chain, server, poolers, balancers) {
        chain.broken = Some(gap);
    }
    chain
}

fn gap(fact: impl Into<String>, reason: Reason) -> Gap {
    Gap::new(fact, reason)
}

fn follow(chain: &mut Chain, server: &ServerSide, poolers: &[PoolerSide], balancers: &[BalancerSide]) -> Result<(), Gap> {
    let session = &server.session;
    let what = format!("client of pid {} on {}", session.pid, server.endpoint.name);
    if !session.is_client() {
        let kind = session.backend_type.as_ref().map_or("no client backend", Untrusted::raw);
        return Err(gap(what, Reason::Untold(format!("the process is a {kind}: it serves no client"))));
    }
    match (server.client(), session.client_port) {
        (Some(_), _) => {}
        (None, Some(-1)) => {
            let on = format!("unix socket on the host of {}", server.endpoint.name);
            chain.stations.push(last(&server.endpoint, on, session.application_name.as_ref(), "pg_stat_activity", server.taken_at));
            return Ok(());
        }
        (None, Some(_)) => return Err(gap(what, Reason::Malformed("its address is no IP address".to_owned()))),
        (None, None) => return Err(gap(what, Reason::NoPrivilege)),
    }
    match of_poolers(chain, server, poolers, balancers)? {
        Some(found) => through(chain, &found, balancers),
        None => without_pooler(chain, server, poolers, balancers),
    }
}

/// The one connection of a pooler that ends at the process.
fn of_poolers<'s>(
    chain: &mut Chain,
    server: &ServerSide,
    poolers: &'s [PoolerSide],
    balancers: &'s [BalancerSide],
) -> Result<Option<Found<'s>>, Gap> {
    let pid = u64::try_from(server.session.pid).ok();
    let mut found: Vec<Found<'s>> = Vec::new();
    let mut unsure: Vec<(&'s PoolerSide, &'s Pooled)> = Vec::new();
    for pooler in poolers {
        let Ok(told) = &pooler.told else { continue };
        for one in told.after.iter().filter(|one| one.remote_pid == pid) {
            let place = local(one);
            if place.is_some() && place == server.client() {
                found.push(Found { pooler, server: one, fit: Fit::Direct });
                continue;
            }
            match by_balancer(place, server, balancers) {
                Way::Leads(balancer, session) => found.push(Found { pooler, server: one, fit: Fit::Through(balancer, session) }),
                Way::LeadsElsewhere => {}
                Way::Unknown => unsure.push((pooler, one)),
            }
        }
    }
    if let (0, [(pooler, one)]) = (found.len(), unsure.as_slice()) {
        if balancers.iter().any(|balancer| balancer.told.is_ok() && !balancer.whole) {
            chain.wants_whole = true;
        }
        let blind = balancers.iter().all(|balancer| balancer.told.is_err());
        if blind && server.alone && same_start(one, server) {
            return Ok(Some(Found { pooler, server: one, fit: Fit::ByStart }));
        }
    }
    match found.len() {
        1 => Ok(found.pop()),
        0 if unsure.is_empty() => Ok(None),
        0 => {
            let why = balancers.iter().find_map(|balancer| balancer.told.as_ref().err());
            let names: Vec<&str> = unsure.iter().map(|(pooler, _)| pooler.endpoint.name.as_str()).collect();
            let fact = format!("which member the connection of {} with remote_pid {} leads to", names.join(", "), server.session.pid);
            let nobody = || Reason::NotConfigured("no balancer has a session from its port".to_owned());
            Err(why.map_or_else(|| gap(fact.as_str(), nobody()), |gap| Gap { fact: fact.clone(), ..gap.clone() }))
        }
        several => Err(gap(format!("pooler of pid {}", server.session.pid), Reason::Malformed(format!("{several} connections of poolers fit")))),
    }
}

/// Where the balancers lead a connection.
enum Way<'s> {
    Leads(&'s BalancerSide, &'s Balanced),
    LeadsElsewhere,
    Unknown,
}

fn by_balancer<'s>(place: Option<Place>, server: &ServerSide, balancers: &'s [BalancerSide]) -> Way<'s> {
    let Some(place) = place else { return Way::Unknown };
    let mut elsewhere = false;
    for balancer in balancers {
        for session in balancer.told.iter().flatten().filter(|session| source(session) == Some(place)) {
            // two listeners may see the same source: what the server says of its client tells them apart
            let own = session.own.as_ref().map(|own| Place::parse(own.raw()) == server.client());
            match (own, leads_to(session, server)) {
                (Some(true), _) | (None, Some(true)) => return Way::Leads(balancer, session),
                (Some(false), _) | (None, Some(false)) => elsewhere = true,
                (None, None) => {}
            }
        }
    }
    if elsewhere { Way::LeadsElsewhere } else { Way::Unknown }
}

/// Whether a session of a balancer ends at this server: by the server's name there, which people keep the same, or by its address.
fn leads_to(session: &Balanced, server: &ServerSide) -> Option<bool> {
    if let (Some(address), Some(listens)) = (session.server_address.as_ref().and_then(|address| Place::parse(address.raw())), server.listens) {
        return Some(address == listens);
    }
    let name = session.server.as_ref()?.raw();
    if name == server.endpoint.name {
        return Some(true);
    }
    server.all.iter().any(|other| other == name).then_some(false)
}

fn source(session: &Balanced) -> Option<Place> {
    session.source.as_ref().and_then(|source| Place::parse(source.raw()))
}

fn same_start(one: &Pooled, server: &ServerSide) -> bool {
    let connected = one.connected.as_ref().and_then(|text| stamp(text.raw()));
    let (Some(connected), Some(began)) = (connected, server.session.backend_start) else { return false };
    connected.duration_since(began).abs() <= SAME_START
}

/// `2026-11-20 11:39:37 UTC`; another zone than UTC cannot be told from its letters, and is not guessed.
fn stamp(text: &str) -> Option<Timestamp> {
    let time: DateTime = text.strip_suffix(" UTC")?.parse().ok()?;
    time.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// From a connection of a pooler to its client.
fn through(chain: &mut Chain, found: &Found<'_>, balancers: &[BalancerSide]) -> Result<(), Gap> {
    let (pooler, server) = (found.pooler, found.server);
    if let Fit::Through(balancer, session) = &found.fit {
        chain.stations.push(balanced(balancer, session));
    }
    chain.stations.push(pooled(pooler, server, &found.fit));
    let what = format!("client of {} with remote_pid {}", pooler.endpoint.name, server.remote_pid.unwrap_or(0));
    let told = pooler.told.as_ref().map_err(Clone::clone)?;
    let earlier = told.before.iter().find(|one| one.pointer == server.pointer);
    let agrees = earlier.is_some_and(|one| {
        one.link == server.link && one.remote_pid == server.remote_pid && one.id == server.id && one.requested == server.requested
    });
    let Some(link) = server.link.as_ref() else {
        if earlier.is_some_and(|one| one.link.is_some()) {
            return moved(chain, what);
        }
        return Err(gap(what, Reason::Untold("no client uses it now: the connection is idle in its pool".to_owned())));
    };
    let client = told.clients.iter().find(|client| client.pointer.as_ref() == Some(link));
    let Some(client) = client.filter(|client| agrees && client.link == server.pointer) else { return moved(chain, what) };
    let fact = format!("address of the client {} of {}", link.raw(), pooler.endpoint.name);
    let address = client.address.as_ref().ok_or_else(|| gap(&*fact, Reason::NotReported))?;
    chain.stations.push(of_client(pooler, client));
    match remote(client) {
        // `unix`: a process on the host of the pooler
        None => {
            let on = format!("{} on the host of {}", address.raw(), pooler.endpoint.name);
            chain.stations.push(last(&pooler.endpoint, on, client.application.as_ref(), "SHOW CLIENTS", pooler.taken_at));
            Ok(())
        }
        Some(place) => before_pooler(chain, &pooler.endpoint, place, client.application.as_ref(), pooler.taken_at, balancers),
    }
}

fn moved(chain: &mut Chain, what: String) -> Result<(), Gap> {
    chain.moved = true;
    Err(gap(what, Reason::Untold("the link moved on between two readings".to_owned())))
}

/// What the pooler takes for a client may be a balancer before it.
fn before_pooler(
    chain: &mut Chain,
    endpoint: &EndpointId,
    place: Place,
    application: Option<&Untrusted>,
    at: Moment,
    balancers: &[BalancerSide],
) -> Result<(), Gap> {
    for balancer in balancers.iter().filter(|balancer| balancer.whole) {
        let own = |session: &&Balanced| session.own.as_ref().and_then(|own| Place::parse(own.raw())) == Some(place);
        if let Some(session) = balancer.told.iter().flatten().find(own) {
            chain.stations.push(balanced(balancer, session));
            let fact = format!("source of session {} of {}", session.id.raw(), balancer.endpoint.name);
            let from = session.source.as_ref().ok_or_else(|| gap(&*fact, Reason::NotReported))?;
            chain.stations.push(last(&balancer.endpoint, from.raw().to_owned(), application, "show sess all", balancer.taken_at));
            return Ok(());
        }
    }
    // one that cannot be asked for sessions at all is said with the link that was made without it
    let is_silent = |gap: &&Gap| !matches!(gap.reason, Reason::NotConfigured(_));
    let unread = balancers.iter().find_map(|balancer| balancer.told.as_ref().err().filter(is_silent));
    // a session that leads neither to a server we know nor nowhere may lead to the pooler; a line of a balancer may be called as the pooler is here
    let known: Vec<&str> = chain.stations.iter().map(|station| station.endpoint.name.as_str()).filter(|name| *name != endpoint.name).collect();
    let front = |session: &Balanced| session.server.as_ref().is_some_and(|name| !known.contains(&name.raw()));
    if balancers.iter().any(|balancer| !balancer.whole && balancer.told.iter().flatten().any(front)) {
        chain.wants_whole = true;
    }
    if let Some(unread) = unread {
        let fact = format!("client of {}: it comes from {place}, and a balancer could not be asked whether that is its own address", endpoint.name);
        return Err(Gap { fact, ..unread.clone() });
    }
    chain.stations.push(last(endpoint, place.to_string(), application, "SHOW CLIENTS", at));
    Ok(())
}

/// No pooler has a connection to the process: a balancer's client, or one of its own.
fn without_pooler(chain: &mut Chain, server: &ServerSide, poolers: &[PoolerSide], balancers: &[BalancerSide]) -> Result<(), Gap> {
    let what = format!("client of pid {} on {}", server.session.pid, server.endpoint.name);
    if let Some(unread) = poolers.iter().find_map(|pooler| pooler.told.as_ref().err()) {
        return Err(Gap { fact: format!("{what}: a pooler could not be asked"), ..unread.clone() });
    }
    let Some(place) = server.client() else { return Err(gap(what, Reason::NotReported)) };
    for balancer in balancers {
        let own = |session: &&Balanced| session.own.as_ref().and_then(|own| Place::parse(own.raw())) == Some(place);
        if let Some(session) = balancer.told.iter().flatten().find(own) {
            chain.stations.push(balanced(balancer, session));
            let from = session.source.as_ref().ok_or_else(|| gap(&*what, Reason::NotReported))?;
            // a pooler may have opened this connection, and have given it back meanwhile
            let opener =
                poolers.iter().find(|pooler| pooler.told.iter().any(|told| told.before.iter().any(|one| local(one) == Place::parse(from.raw()))));
            if opener.is_some() {
                return moved(chain, what);
            }
            chain.stations.push(last(
                &balancer.endpoint,
                from.raw().to_owned(),
                server.session.application_name.as_ref(),
                "show sess all",
                balancer.taken_at,
            ));
            return Ok(());
        }
    }
    if balancers.iter().any(|balancer| !balancer.whole && balancer.told.is_ok()) {
        chain.wants_whole = true;
    }
    if let Some(unread) = balancers.iter().find_map(|balancer| balancer.told.as_ref().err()) {
        return Err(Gap { fact: format!("{what}: it comes from {place}, and a balancer could not be asked"), ..unread.clone() });
    }
    chain.stations.push(last(&server.endpoint, place.to_string(), server.session.application_name.as_ref(), "pg_stat_activity", server.taken_at));
    Ok(())
}

fn shown(value: Option<&Untrusted>) -> Cell {
    value.map_or(Cell::Nothing, |text| Cell::Text(text.clone()))
}

fn backend(server: &ServerSide) -> Station {
    let session = &server.session;
    let wait = match (&session.wait_event_type, &session.wait_event) {
        (Some(kind), Some(event)) => Cell::text(format!("{}:{}", kind.raw(), event.raw())),
        _ => Cell::Nothing,
    };
    Station {
        kind: "backend",
        endpoint: server.endpoint.clone(),
        peer: server.client().map(|place| place.to_string()),
        session: format!("pid {}", session.pid).into(),
        facts: vec![
            ("user", shown(session.usename.as_ref())),
            ("database", shown(session.datname.as_ref())),
            ("application", shown(session.application_name.as_ref())),
            ("state", session.state.as_ref().map_or(Cell::Nothing, |state| Cell::word(state.clone(), Tone::Plain))),
            ("since", session.backend_start.map_or(Cell::Nothing, Cell::Time)),
            ("waits_for", wait),
            ("query", shown(session.query.as_ref())),
        ],
        witness: format!("pg_stat_activity of {}", server.endpoint.name),
        taken_at: server.taken_at,
    }
}

fn pooled(pooler: &PoolerSide, server: &Pooled, fit: &Fit<'_>) -> Station {
    let mut station = of_pooler(pooler, server, "server");
    if matches!(fit, Fit::ByStart) {
        station.witness = format!("{}, by remote_pid and the time it began: no balancer could be asked", station.witness);
    }
    station
}

fn of_client(pooler: &PoolerSide, client: &Pooled) -> Station {
    of_pooler(pooler, client, "client")
}

fn of_pooler(pooler: &PoolerSide, session: &Pooled, side: &'static str) -> Station {
    let pointer = session.pointer.as_ref().map_or("?", Untrusted::raw);
    Station {
        kind: "pooler",
        endpoint: pooler.endpoint.clone(),
        peer: if side == "client" { remote(session).map(|place| place.to_string()) } else { None },
        session: format!("{side} {pointer}").into(),
        facts: vec![
            ("user", shown(session.user.as_ref())),
            ("database", shown(session.database.as_ref())),
            ("application", shown(session.application.as_ref())),
            ("state", session.state.as_ref().map_or(Cell::Nothing, |state| Cell::word(state.clone(), Tone::Plain))),
            ("since", session.connected.as_ref().and_then(|text| stamp(text.raw())).map_or(Cell::Nothing, Cell::Time)),
        ],
        witness: format!("SHOW {} of {}", if side == "client" { "CLIENTS" } else { "SERVERS" }, pooler.endpoint.name),
        taken_at: pooler.taken_at,
    }
}

fn balanced(balancer: &BalancerSide, session: &Balanced) -> Station {
    let route = [session.frontend.as_ref(), session.backend.as_ref(), session.server.as_ref()];
    let route = route.into_iter().flatten().map(Untrusted::raw).collect::<Vec<_>>().join(" > ");
    Station {
        kind: "balancer",
        endpoint: balancer.endpoint.clone(),
        peer: source(session).map(|place| place.to_string()),
        session: format!("session {}", session.id.raw()).into(),
        facts: vec![("route", Cell::text(route))],
        witness: format!("show sess{} of {}", if balancer.whole { " all" } else { "" }, balancer.endpoint.name),
        taken_at: balancer.taken_at,
    }
}

/// The client, in the words of the last who saw it.
fn last(endpoint: &EndpointId, address: String, application: Option<&Untrusted>, question: &str, at: Moment) -> Station {
    Station {
        kind: "client",
        endpoint: endpoint.clone(),
        session: Untrusted::from(address.as_str()),
        peer: Some(address),
        facts: vec![("application", shown(application))],
        witness: format!("{question} of {}; the application is the client's own word", endpoint.name),
        taken_at: at,
    }
}
