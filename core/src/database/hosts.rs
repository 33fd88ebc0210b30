//! The servers of an address: a list, of which a connection uses the first that answers.

use std::net::IpAddr;
use std::path::PathBuf;

use super::conninfo::Words;
use super::libpq_files;
use super::parameters::{given, wrong};
use crate::{EtlError, Result, codes};

const DEFAULT_PORT: u16 = 5432;
/// The folders in which servers have their Unix sockets.
const SOCKET_DIRS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// One server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServerAddress {
    pub(super) host: HostName,
    pub(super) port: u16,
    pub(super) password: Option<String>,
}

/// How a server is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HostName {
    /// The name of a host, and its IP address if it was given. The certificate of the server is for the name.
    Network(String, Option<IpAddr>),
    /// The folder of a Unix socket.
    Socket(PathBuf),
}

impl std::fmt::Display for HostName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Network(name, _) => f.write_str(name),
            Self::Socket(dir) => write!(f, "{}", dir.display()),
        }
    }
}

impl std::fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.host {
            HostName::Network(name, _) if name.contains(':') => write!(f, "[{name}]:{}", self.port),
            host => write!(f, "{host}:{}", self.port),
        }
    }
}

/// The servers that these parameters name. `passwords` is the text of the password file.
pub(super) fn servers(
    words: &Words,
    login: [&str; 2],
    passwords: Option<&str>,
) -> Result<Vec<ServerAddress>> {
    let list = |name: &str| -> Vec<&str> {
        given(words, name).map_or_else(Vec::new, |value| value.split(',').collect())
    };
    let (names, addresses, ports) = (list("host"), list("hostaddr"), list("port"));
    let count = names.len().max(addresses.len()).max(1);
    if !names.is_empty() && !addresses.is_empty() && names.len() != addresses.len() {
        return Err(differ("hostaddr", addresses.len(), names.len()));
    }
    if ports.len() > 1 && ports.len() != count {
        return Err(differ("port", ports.len(), count));
    }
    let mut servers = Vec::new();
    for n in 0..count {
        let port = ports.get(n).or(ports.first()).copied().unwrap_or_default();
        let port = if port.is_empty() {
            DEFAULT_PORT
        } else {
            port.trim()
                .parse()
                .ok()
                .filter(|port| *port > 0)
                .ok_or_else(|| {
                    let what = format!("has the value `{port}`, which is not a port number");
                    wrong("port", &what).with_code(codes::DATABASE_PORT)
                })?
        };
        let host = host(
            names.get(n).copied().unwrap_or_default(),
            addresses.get(n).copied().unwrap_or_default(),
            port,
        )?;
        let password = given(words, "password")
            .map(str::to_owned)
            .or_else(|| find_password(passwords?, &host, port, login));
        servers.push(ServerAddress {
            host,
            port,
            password,
        });
    }
    Ok(servers)
}

fn host(name: &str, address: &str, port: u16) -> Result<HostName> {
    let ip = match address {
        "" => None,
        text => Some(text.parse::<IpAddr>().map_err(|_| {
            let what = format!("has the value `{text}`, which is not an IP address");
            wrong("hostaddr", &what)
        })?),
    };
    match (name, ip) {
        (name, _) if name.starts_with('@') => Err(wrong(
            "host",
            "names an abstract Unix socket, which is not supported",
        )),
        // As in libpq, `hostaddr` decides where to connect.
        ("", Some(ip)) => Ok(HostName::Network(ip.to_string(), Some(ip))),
        ("", None) => Ok(default_host(port)),
        (name, None) if name.starts_with('/') => Ok(HostName::Socket(PathBuf::from(name))),
        (name, ip) => Ok(HostName::Network(name.to_owned(), ip)),
    }
}

/// The server of an address without a host. As in libpq, a Unix socket in one of the usual folders comes first. If no folder
/// has a socket for the port, the server is `localhost`.
fn default_host(port: u16) -> HostName {
    SOCKET_DIRS
        .iter()
        .map(PathBuf::from)
        .find(|dir| dir.join(format!(".s.PGSQL.{port}")).exists())
        .map_or_else(
            || HostName::Network("localhost".to_owned(), None),
            HostName::Socket,
        )
}

/// The password of a server in the password file. In that file, `localhost` also means the usual folders of Unix sockets.
fn find_password(
    passwords: &str,
    host: &HostName,
    port: u16,
    [database, user]: [&str; 2],
) -> Option<String> {
    let (name, port) = (host.to_string(), port.to_string());
    let is_usual = SOCKET_DIRS.contains(&name.as_str());
    is_usual
        .then_some("localhost")
        .into_iter()
        .chain([name.as_str()])
        .find_map(|name| libpq_files::password(passwords, [name, &port, database, user]))
}

fn differ(name: &str, found: usize, hosts: usize) -> EtlError {
    wrong(name, &format!("has {found} values for {hosts} hosts"))
}
