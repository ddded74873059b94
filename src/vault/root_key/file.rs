//! The root key from a file. A file that others can read, or write, is refused: its key may already
//! be theirs, or be theirs to replace.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

use super::{RootKey, RootKeyError};

/// Ours: no form of a key with its line end is longer; a wrong path must not fill memory.
const MAX_FILE_LEN: u64 = 256;

/// Reads a key.
pub(super) fn read(path: &Path) -> Result<RootKey, RootKeyError> {
    let unreadable = |error: std::io::Error| RootKeyError::FileUnreadable(error.kind());
    let file = File::open(path).map_err(unreadable)?;
    // Asked of the open file, not of the path: the two could differ by now.
    only_its_owners(&file.metadata().map_err(unreadable)?)?;
    let mut text = Zeroizing::new(String::with_capacity(256));
    file.take(MAX_FILE_LEN)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    RootKey::parse(&text).ok_or(RootKeyError::NotAKey)
}

/// Writes `key` to a new file.
pub(super) fn write(path: &Path, key: &RootKey) -> Result<(), RootKeyError> {
    let not_written = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => RootKeyError::FileExists,
        kind => RootKeyError::FileNotWritten(kind),
    };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(not_written)?;
    let mut line = key.to_text();
    line.push('\n');
    file.write_all(line.as_bytes()).map_err(not_written)?;
    file.sync_all().map_err(not_written)?;
    // The name must last too: keys wrapped under a lost root key are lost with it.
    match path.parent() {
        Some(folder) if cfg!(unix) && folder != Path::new("") => File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(not_written),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn only_its_owners(metadata: &fs::Metadata) -> Result<(), RootKeyError> {
    // The lowest six bits are the rights of the group and of everybody else.
    let mode = std::os::unix::fs::MetadataExt::mode(metadata) & 0o7777;
    if mode.trailing_zeros() >= 6 {
        Ok(())
    } else {
        Err(RootKeyError::FileTooOpen(mode))
    }
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "no modes to look at here")]
fn only_its_owners(_: &fs::Metadata) -> Result<(), RootKeyError> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::dice::Dice;

    #[test]
    fn a_generated_file_is_its_owners_alone_and_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        let made = RootKey::generate_file(&path, Dice).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(
            RootKey::from_file(&path).unwrap().fingerprint(),
            made.fingerprint()
        );
    }

    #[test]
    fn a_root_key_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        let made = RootKey::generate_file(&path, Dice).unwrap();
        let again = RootKey::generate_file(&path, Dice).unwrap_err();
        assert_eq!(again.code(), "root-key-file-exists");
        assert_eq!(
            RootKey::from_file(&path).unwrap().fingerprint(),
            made.fingerprint()
        );
    }

    #[test]
    fn a_file_that_others_can_touch_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        RootKey::generate_file(&path, Dice).unwrap();
        for mode in [0o644, 0o640, 0o604, 0o620, 0o601] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = RootKey::from_file(&path).unwrap_err();
            assert!(
                matches!(error, RootKeyError::FileTooOpen(seen) if seen == mode),
                "{mode:o}"
            );
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        assert!(RootKey::from_file(&path).is_ok());
    }

    #[test]
    fn a_missing_file_and_a_file_of_something_else_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        assert_eq!(
            RootKey::from_file(&path).unwrap_err().code(),
            "root-key-file-unreadable"
        );
        fs::write(&path, "not a key").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(
            RootKey::from_file(&path).unwrap_err().code(),
            "root-key-not-a-key"
        );
    }
}
