//! A store of keys that a system offers to others. It must never write.

use crate::transport::ProbeError;
use std::future::Future;
use std::pin::Pin;

/// An answer that is on its way.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, ProbeError>> + Send + 'a>>;

/// A store of keys that a system offers to others: etcd today. Patroni reads its scope and members through it.
pub trait Kv: Send {
    /// Keys and values below `prefix`, in the order of keys.
    fn below<'a>(&'a mut self, prefix: &'a str) -> Pending<'a, Vec<(String, Vec<u8>)>>;
}
