//! The network addresses of a server. The name of a host may have several, and the first may be silent.

use std::net::IpAddr;
use std::sync::atomic::Ordering::SeqCst;

use tokio_postgres::config::Config;

use super::Target;
use super::hosts::{HostName, ServerAddress};
use crate::{EtlError, Result, codes};

/// One address of a server.
pub(super) struct Endpoint<'a> {
    server: &'a ServerAddress,
    ip: Option<IpAddr>,
}

impl Endpoint<'_> {
    /// How to connect to this address.
    pub(super) fn config(&self, target: &Target, name: &str) -> Config {
        let mut config = target.config.clone();
        config
            .application_name(name)
            .connect_timeout(target.connect_timeout)
            .port(self.server.port);
        match &self.server.host {
            HostName::Network(host, _) => config.host(host),
            HostName::Socket(dir) => config.host_path(dir),
        };
        if let Some(ip) = self.ip {
            config.hostaddr(ip);
        }
        if let Some(password) = &self.server.password {
            config.password(password);
        }
        config
    }
}

/// The addresses of a server, in the order in which they are tried.
pub(super) async fn endpoints<'a>(
    server: &'a ServerAddress,
    target: &Target,
) -> Vec<Result<Endpoint<'a>>> {
    let HostName::Network(name, None) = &server.host else {
        let ip = match &server.host {
            HostName::Network(_, ip) => *ip,
            HostName::Socket(_) => None,
        };
        return vec![Ok(Endpoint { server, ip })];
    };
    let unknown = |why: &str| {
        let what = format!("the name of the host {name} cannot be resolved: {why}");
        vec![Err(EtlError::new(codes::DATABASE_CONNECTION, what))]
    };
    let lookup = tokio::net::lookup_host((name.as_str(), server.port));
    let found: Vec<IpAddr> = match tokio::time::timeout(target.connect_timeout, lookup).await {
        Ok(Ok(found)) => found.map(|address| address.ip()).collect(),
        Ok(Err(error)) => return unknown(&error.to_string()),
        Err(_) => return unknown("the name server does not answer"),
    };
    if found.is_empty() {
        return unknown("it has no address");
    }
    let mut ips: Vec<IpAddr> = Vec::new();
    for ip in found {
        if !ips.contains(&ip) {
            ips.push(ip);
        }
    }
    if target.is_balanced {
        fastrand::shuffle(&mut ips);
    }
    ips.into_iter()
        .map(|ip| {
            Ok(Endpoint {
                server,
                ip: Some(ip),
            })
        })
        .collect()
}

impl Target {
    /// The numbers of the servers in the order in which they are tried. A silent server would delay each connection of a run, so
    /// the one that answered last comes first.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.servers.len()).collect();
        if self.is_balanced {
            fastrand::shuffle(&mut order);
        } else {
            let last = self.last.load(SeqCst).min(order.len() - 1);
            order[..=last].rotate_right(1);
        }
        order
    }
}
