//! Results that were computed before: asking again costs nothing, asking for more only adds.
//!
//! ```text
//!   key  = hash of (this very program, what is asked, every scenario as it was loaded with all it names, the seed)
//!   file = <key>-<replications>   hash of what follows | replications 0 .. n, whole numbers only
//!
//!   asked for N: the file with the most replications up to N is read, the rest is run and joined, and the whole is kept
//! ```
//!
//! Nothing in it can be stale: another program, another value in any file or another seed has another key. It can be
//! deleted at any time. A file that is damaged is not used. Where nothing can be read or written a run is only slower.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use clap::Args;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tiercast::sim::Scenario;

use super::files::Folder;
use super::note;

/// Bytes of a hash.
const HASH: usize = 32;
/// Bytes of the program that are read at a time.
const PIECE: usize = 1 << 20;

/// Whether and where results are kept.
#[derive(Debug, Args)]
pub(super) struct CacheArgs {
    /// Folder in which results are kept, so that asking again costs nothing; that of the user unless said otherwise.
    /// It can be deleted at any time.
    #[arg(long = "cache", value_name = "DIR", env = "TIERCAST_CACHE")]
    folder: Option<PathBuf>,
    /// Neither use results that were kept nor keep these.
    #[arg(long = "no-cache")]
    off: bool,
}

/// Where the results of one question are kept.
pub(super) struct Cache {
    /// The folder and the key; nothing where nothing is kept.
    place: Option<(PathBuf, String)>,
}

impl CacheArgs {
    /// The place for what is asked (such as `run`) of scenarios.
    pub(super) fn open(&self, asked: &str, scenarios: &[&Scenario]) -> Cache {
        let folder = if self.off { None } else { self.folder.clone().or_else(user_folder) };
        // The key reads the whole program: only where something is kept.
        let place = |folder| Some((folder, key(asked, scenarios)?));
        Cache { place: folder.and_then(place) }
    }
}

/// The user's folder for what can be computed again.
fn user_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || {
        let within = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
        set("HOME").map(|home| home.join(within))
    };
    let caches = set("XDG_CACHE_HOME").or_else(|| set("LOCALAPPDATA")).or_else(home);
    caches.map(|caches| caches.join("tiercast"))
}

/// The hash of all that decides the results; nothing where this program cannot read itself.
fn key(asked: &str, scenarios: &[&Scenario]) -> Option<String> {
    // The program is read once, whatever is asked how often.
    static PROGRAM: OnceLock<Option<Sha256>> = OnceLock::new();
    let program = || {
        let mut file = File::open(std::env::current_exe().ok()?).ok()?;
        let mut hash = Sha256::new();
        hash.update(file.metadata().ok()?.len().to_le_bytes());
        // Piece by piece: the whole of it can be larger than all results.
        let mut piece = vec![0; PIECE];
        loop {
            match file.read(&mut piece) {
                Ok(0) => return Some(hash),
                Ok(read) => hash.update(&piece[..read]),
                Err(error) if error.kind() == ErrorKind::Interrupted => (),
                Err(_) => return None,
            }
        }
    };
    let mut hash = PROGRAM.get_or_init(program).clone()?;
    part(&mut hash, asked.as_bytes());
    scenarios.iter().for_each(|scenario| part(&mut hash, scenario.identity().as_bytes()));
    Some(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Adds a part after its length, so that no two lists of parts are one text.
fn part(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}

impl Cache {
    /// The results with the most replications, up to so many, that were kept.
    pub(super) fn find<T: DeserializeOwned>(&self, at_most: u64) -> Option<T> {
        self.find_more(0, at_most)
    }

    /// The same for who has those of `than` replications already: nothing where no more were kept.
    pub(super) fn find_more<T: DeserializeOwned>(&self, than: u64, at_most: u64) -> Option<T> {
        let (folder, key) = self.place.as_ref()?;
        let mut kept: Vec<(u64, PathBuf)> = fs::read_dir(folder)
            .ok()?
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let (name, n) = path.file_name()?.to_str()?.rsplit_once('-')?;
                let n = n.parse().ok().filter(|n| name == key && (than + 1..=at_most).contains(n))?;
                Some((n, path))
            })
            .collect();
        kept.sort();
        kept.iter().rev().find_map(|(_, path)| read(path))
    }

    /// Keeps results of so many replications, where there is a place for them.
    pub(super) fn keep(&self, replications: u64, results: &impl Serialize) {
        let Some((folder, key)) = self.place.as_ref().filter(|_| replications > 0) else { return };
        let Ok(payload) = postcard::to_stdvec(results) else { return };
        let bytes = [Sha256::digest(&payload).as_slice(), payload.as_slice()].concat();
        let written =
            Folder::prepare(folder).and_then(|at| at.write(&format!("{key}-{replications}"), &bytes));
        if let Err(failure) = written {
            note(&format!(
                "the results are not kept for the next time: {failure} (--no-cache keeps nothing)"
            ));
        }
    }

    /// Whether results are kept at all.
    pub(super) fn keeps(&self) -> bool {
        self.place.is_some()
    }
}

/// Results from a file; nothing where it is damaged.
fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let bytes = fs::read(path).ok()?;
    let (hash, payload) = bytes.split_at_checked(HASH)?;
    (Sha256::digest(payload).as_slice() == hash).then(|| postcard::from_bytes(payload).ok())?
}
