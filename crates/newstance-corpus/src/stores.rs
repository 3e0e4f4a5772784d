//! Objects of S3, GCS and web servers, read a piece at a time.
//!
//! The crates behind this are asynchronous. Only this file knows: a runtime on
//! the calling thread runs while a piece is waited for, and at no other time.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use object_store::ObjectStoreExt as _;
use object_store::aws::AmazonS3Builder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::http::HttpBuilder;
use object_store::path::Path;
use object_store::{
    BackoffConfig, ClientOptions, Error, GetOptions, ObjectMeta, ObjectStore, RetryConfig,
};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};
use tokio::runtime::{Builder, Runtime};
use url::Url;

use crate::{CorpusError, StoreOptions};

/// How much of an object is asked for, and held, at a time.
const PIECE_BYTES: u64 = 4 << 20;
/// Parquet is asked for in blocks, since its pages are read here and there.
const BLOCK_BYTES: u64 = 1 << 20;
const MAX_BLOCKS: usize = 16;
/// How often a request is sent again after a failure that may pass.
const MAX_RETRIES: usize = 4;
/// How often a piece is asked for again whose answer broke off.
const MAX_TRIES: usize = 3;

/// An object, and how to get at it.
#[derive(Clone)]
pub(crate) struct StoredObject {
    store: Arc<Store>,
    meta: Arc<ObjectMeta>,
}

struct Store {
    objects: Box<dyn ObjectStore>,
    runtime: Runtime,
}

/// An object that an address names, or that lies below it.
pub(crate) struct Listed {
    /// Its own address.
    pub(crate) address: String,
    /// Its path below the address that was asked for; its name, where that was its own.
    pub(crate) below: String,
    /// True where the address that was asked for was its own.
    pub(crate) is_named: bool,
    pub(crate) object: StoredObject,
}

/// What an address names: one object, or all below it, sorted by path. Those
/// with a hidden name on their path below it are left out.
pub(crate) fn list_objects(
    address: &str,
    options: &StoreOptions,
) -> Result<Vec<Listed>, CorpusError> {
    let store_error = |error: &dyn fmt::Display| CorpusError::Address {
        address: address.to_owned(),
        source: one_line(error).into(),
    };
    let url = Url::parse(address).map_err(|error| store_error(&error))?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(store_error(&"an address with `?` or `#` is not supported"));
    }
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| store_error(&error))?;
    let objects = store_of(&url, options).map_err(|error| store_error(&error))?;
    let prefix = Path::from_url_path(url.path()).map_err(|error| store_error(&error))?;
    let store = Arc::new(Store { objects, runtime });
    let (metas, is_named) = store.find(&prefix, &url).map_err(|error| store_error(&error))?;
    let root = root_of(&url);
    let listed = metas.into_iter().filter_map(|meta| {
        let below = below(&meta, &prefix, is_named)?;
        let address = format!("{root}{}", meta.location);
        let object = StoredObject { store: Arc::clone(&store), meta: Arc::new(meta) };
        Some(Listed { address, below, is_named, object })
    });
    let listed = in_order(listed.collect());
    if listed.is_empty() {
        return Err(store_error(&"nothing is stored there"));
    }
    Ok(listed)
}

/// The path of an object below `prefix`; none where a part of it is hidden.
fn below(meta: &ObjectMeta, prefix: &Path, is_named: bool) -> Option<String> {
    if is_named {
        return meta.location.filename().map(str::to_owned);
    }
    let parts: Vec<_> = meta.location.prefix_match(prefix)?.collect();
    let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
    let is_hidden = parts.iter().any(|part| part.starts_with('.'));
    (!is_hidden && !parts.is_empty()).then(|| parts.join("/"))
}

/// Sorts as the files of folders are (what is in `b` comes before `b.txt`), and
/// leaves out empty objects that others lie below: they stand for folders.
fn in_order(mut listed: Vec<Listed>) -> Vec<Listed> {
    listed.sort_by(|a, b| a.below.split('/').cmp(b.below.split('/')));
    let mut next_below = String::new();
    let mut kept: Vec<Listed> = Vec::new();
    for listed in listed.into_iter().rev() {
        let folder = listed.below.clone() + "/";
        let is_folder = listed.object.size() == 0 && next_below.starts_with(&folder);
        next_below.clone_from(&listed.below);
        if !is_folder {
            kept.push(listed);
        }
    }
    kept.reverse();
    kept
}

fn root_of(url: &Url) -> String {
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    format!("{}://{}{port}/", url.scheme(), url.host_str().unwrap_or_default())
}

fn one_line(error: &dyn fmt::Display) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn store_of(url: &Url, options: &StoreOptions) -> Result<Box<dyn ObjectStore>, Error> {
    // A second one is not needed; whoever installed the first one is right.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let retry = RetryConfig {
        max_retries: MAX_RETRIES,
        retry_timeout: Duration::from_secs(60),
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(50),
            ..BackoffConfig::default()
        },
    };
    let unsupported = |message: String| Error::NotSupported { source: message.into() };
    Ok(match url.scheme() {
        "s3" => {
            let builder = AmazonS3Builder::new().with_url(url.as_str()).with_retry(retry);
            let builder = options.iter().fold(builder, |builder, (key, value)| match key.parse() {
                Ok(key) => builder.with_config(key, value),
                Err(_) => builder,
            });
            Box::new(builder.build()?)
        }
        "gs" => {
            let builder = GoogleCloudStorageBuilder::new().with_url(url.as_str()).with_retry(retry);
            let builder = options.iter().fold(builder, |builder, (key, value)| match key.parse() {
                Ok(key) => builder.with_config(key, value),
                Err(_) => builder,
            });
            Box::new(builder.build()?)
        }
        "https" | "http" if url.scheme() == "https" || options.allows_http() => {
            let client =
                options.iter().fold(ClientOptions::new(), |client, (key, value)| {
                    match key.parse() {
                        Ok(key) => client.with_config(key, value),
                        Err(_) => client,
                    }
                });
            let builder = HttpBuilder::new().with_client_options(client).with_retry(retry);
            Box::new(builder.with_url(root_of(url)).build()?)
        }
        scheme => {
            let message = format!("`{scheme}://` is not read (s3://, gs:// and https:// are)");
            return Err(unsupported(message));
        }
    })
}

impl Store {
    /// The object at `path`, or those below it; and whether it was the former.
    fn find(&self, path: &Path, url: &Url) -> Result<(Vec<ObjectMeta>, bool), Error> {
        let is_folder = url.path().ends_with('/') || path.as_ref().is_empty();
        if !is_folder {
            match self.runtime.block_on(self.objects.head(path)) {
                Ok(meta) => return Ok((vec![meta], true)),
                Err(Error::NotFound { .. }) if matches!(url.scheme(), "s3" | "gs") => {}
                Err(error) => return Err(error),
            }
        }
        let metas = self.objects.list((!path.as_ref().is_empty()).then_some(path));
        let metas: Vec<ObjectMeta> = self.runtime.block_on(metas.try_collect())?;
        Ok((metas, false))
    }

    fn get(&self, meta: &ObjectMeta, range: Range<u64>) -> Result<Bytes, Error> {
        // A weak tag is one that a server may not compare.
        let if_match = meta.e_tag.clone().filter(|tag| !tag.starts_with("W/"));
        let options = GetOptions { range: Some(range.into()), if_match, ..GetOptions::default() };
        self.runtime
            .block_on(async { self.objects.get_opts(&meta.location, options).await?.bytes().await })
    }
}

impl StoredObject {
    /// Its length in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.meta.size
    }

    /// Reads it from its beginning on.
    pub(crate) fn reader(&self) -> ObjectReader {
        ObjectReader { object: self.clone(), next: 0, piece: Bytes::new() }
    }

    /// Reads it here and there.
    pub(crate) fn blocks(&self) -> ObjectBlocks {
        ObjectBlocks { object: self.clone(), known: Arc::default() }
    }

    /// The bytes of `range`, which ends where the object ends. An answer that
    /// breaks off is asked for again, a bounded number of times.
    fn get(&self, range: Range<u64>) -> io::Result<Bytes> {
        let range = range.start.min(self.size())..range.end.min(self.size());
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        let mut n_tries = 0;
        loop {
            n_tries += 1;
            let failed = match self.store.get(&self.meta, range.clone()) {
                Ok(bytes) if bytes.len() as u64 == range.end - range.start => return Ok(bytes),
                Ok(bytes) => format!("{} bytes came of {}", bytes.len(), range.end - range.start),
                Err(Error::Precondition { .. }) => {
                    return Err(io::Error::other("the object was changed while it was read"));
                }
                Err(error @ Error::Generic { .. }) => one_line(&error),
                Err(error) => return Err(io::Error::other(one_line(&error))),
            };
            if n_tries == MAX_TRIES {
                return Err(io::Error::other(failed));
            }
        }
    }
}

impl fmt::Debug for StoredObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StoredObject").field(&self.meta.location.as_ref()).finish()
    }
}

/// An object from a place on; holds one piece of it.
pub(crate) struct ObjectReader {
    object: StoredObject,
    next: u64,
    piece: Bytes,
}

impl Read for ObjectReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() {
            self.piece = self.object.get(self.next..self.next + PIECE_BYTES)?;
            self.next += self.piece.len() as u64;
        }
        let n_bytes = buffer.len().min(self.piece.len());
        let given = self.piece.split_to(n_bytes);
        buffer.iter_mut().zip(given).for_each(|(place, byte)| *place = byte);
        Ok(n_bytes)
    }
}

/// An object in blocks, of which the last ones are held.
#[derive(Clone)]
pub(crate) struct ObjectBlocks {
    object: StoredObject,
    known: Arc<Mutex<VecDeque<(u64, Bytes)>>>,
}

impl ObjectBlocks {
    fn block(&self, number: u64) -> io::Result<Bytes> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = known.iter().position(|(other, _)| *other == number) {
            let found = known.remove(place).expect("it was found there");
            known.push_back(found.clone());
            return Ok(found.1);
        }
        let bytes = self.object.get(number * BLOCK_BYTES..(number + 1) * BLOCK_BYTES)?;
        if known.len() == MAX_BLOCKS {
            known.pop_front();
        }
        known.push_back((number, bytes.clone()));
        Ok(bytes)
    }

    /// What is stored from `start` to the end of its block.
    fn rest_of_block(&self, start: u64) -> io::Result<Bytes> {
        let mut block = self.block(start / BLOCK_BYTES)?;
        let before = usize::try_from(start % BLOCK_BYTES).expect("a block fits in memory");
        Ok(block.split_off(before.min(block.len())))
    }
}

impl Length for ObjectBlocks {
    fn len(&self) -> u64 {
        self.object.size()
    }
}

impl ChunkReader for ObjectBlocks {
    type T = BlocksReader;

    fn get_read(&self, start: u64) -> Result<BlocksReader, ParquetError> {
        Ok(BlocksReader { blocks: self.clone(), next: start, left: Bytes::new() })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let cut = || ParquetError::EOF(format!("{length} bytes from {start} on are not there"));
        let end = start.checked_add(length as u64).filter(|end| *end <= self.len());
        let end = end.ok_or_else(cut)?;
        if length as u64 > PIECE_BYTES {
            return Ok(self.object.get(start..end)?);
        }
        let mut bytes = BytesMut::with_capacity(length);
        while bytes.len() < length {
            let rest = self.rest_of_block(start + bytes.len() as u64)?;
            let n_bytes = rest.len().min(length - bytes.len());
            bytes.extend_from_slice(&rest.slice(..n_bytes));
        }
        Ok(bytes.freeze())
    }
}

/// The blocks of an object from a place on.
pub(crate) struct BlocksReader {
    blocks: ObjectBlocks,
    next: u64,
    left: Bytes,
}

impl Read for BlocksReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.is_empty() && self.next < self.blocks.len() {
            self.left = self.blocks.rest_of_block(self.next)?;
            self.next += self.left.len() as u64;
        }
        let n_bytes = buffer.len().min(self.left.len());
        let given = self.left.split_to(n_bytes);
        buffer.iter_mut().zip(given).for_each(|(place, byte)| *place = byte);
        Ok(n_bytes)
    }
}
