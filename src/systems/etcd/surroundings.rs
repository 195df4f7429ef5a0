//! What the environment of etcdctl says about where an etcd cluster is. Pure: the variables come in, nothing is contacted.
//!
//! <https://github.com/etcd-io/etcd/blob/main/etcdctl/README.md>

/// Members and certificates as etcdctl would use them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    pub urls: Vec<String>,
    pub ca: Option<String>,
    pub cert: Option<String>,
    pub key: Option<String>,
    pub notes: Vec<String>,
}

/// Reads `ETCDCTL_ENDPOINTS` and what belongs to it; `None` when it is not set.
pub fn read(variable: impl Fn(&str) -> Option<String>) -> Option<Surroundings> {
    let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    let endpoints = set("ETCDCTL_ENDPOINTS")?;
    let (ca, cert, key) = (set("ETCDCTL_CACERT"), set("ETCDCTL_CERT"), set("ETCDCTL_KEY"));
    let scheme = if ca.is_some() || cert.is_some() { "https" } else { "http" };
    let urls = endpoints.split(',').map(str::trim).filter(|endpoint| !endpoint.is_empty());
    let urls = urls.map(|endpoint| if endpoint.contains("://") { endpoint.to_owned() } else { format!("{scheme}://{endpoint}") }).collect();
    let mut notes = Vec::new();
    if set("ETCDCTL_USER").is_some() {
        notes.push("ETCDCTL_USER is not used: a login to etcd is not supported yet".to_owned());
    }
    if set("ETCDCTL_INSECURE_SKIP_TLS_VERIFY").is_some_and(|value| value != "false") {
        notes.push("ETCDCTL_INSECURE_SKIP_TLS_VERIFY is not followed: certificates are always verified".to_owned());
    }
    Some(Surroundings { urls, ca, cert, key, notes })
}

#[cfg(test)]
mod tests {
    use super::read;

    fn with(variables: &[(&str, &str)]) -> Option<super::Surroundings> {
        read(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn endpoints_are_read_as_etcdctl_reads_them() {
        assert!(with(&[]).is_none() && with(&[("ETCDCTL_ENDPOINTS", " ")]).is_none());
        let plain = with(&[("ETCDCTL_ENDPOINTS", "10.0.0.1:2379, http://10.0.0.2:2379,")]).expect("set");
        assert_eq!(plain.urls, ["http://10.0.0.1:2379", "http://10.0.0.2:2379"]);
        let secure = with(&[("ETCDCTL_ENDPOINTS", "a:2379"), ("ETCDCTL_CACERT", "/ca"), ("ETCDCTL_USER", "root:canary")]).expect("set");
        assert_eq!((secure.urls[0].as_str(), secure.ca.as_deref()), ("https://a:2379", Some("/ca")));
        assert!(secure.notes.len() == 1 && !secure.notes[0].contains("canary"));
    }
}
