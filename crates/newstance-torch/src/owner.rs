//! The thread that owns a model.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use tch::Device;

use crate::network::Network;
use crate::padded::Padded;
use crate::threads;

/// A model on a thread of its own: models of libtorch may be moved between
/// threads, not shared.
#[derive(Debug)]
pub(crate) struct Owner {
    /// None once the thread is told to end.
    requests: Option<Sender<Request>>,
    thread: Option<JoinHandle<()>>,
}

/// A batch, and where its states go.
#[derive(Debug)]
struct Request {
    batch: Padded,
    answer: SyncSender<Result<Vec<f32>, String>>,
}

impl Owner {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// Where the system has no thread left.
    pub(crate) fn start(network: Box<dyn Network>, device: Device) -> std::io::Result<Self> {
        let (requests, received) = channel();
        let thread = std::thread::Builder::new()
            .name("torch".to_owned())
            .spawn(move || serve(network.as_ref(), device, &received))?;
        Ok(Self { requests: Some(requests), thread: Some(thread) })
    }

    /// The states of the pieces of `batch`, `[pieces * size]`; what libtorch
    /// says where it fails.
    pub(crate) fn states(&self, batch: Padded) -> Result<Vec<f32>, String> {
        let (answer, answered) = sync_channel(1);
        let ended = || "the thread of the model has ended".to_owned();
        let requests = self.requests.as_ref().ok_or_else(ended)?;
        requests.send(Request { batch, answer }).map_err(|_| ended())?;
        answered.recv().map_err(|_| ended())?
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            // It catches panics, so that there is nothing to hear of.
            let _ = thread.join();
        }
    }
}

/// Answers requests until nobody can ask any more.
fn serve(network: &dyn Network, device: Device, requests: &Receiver<Request>) {
    for Request { batch, answer } in requests {
        threads::apply();
        let states = catch(|| tch::no_grad(|| run(network, device, &batch)));
        // Whoever asked may be gone.
        let _ = answer.send(states);
    }
}

fn run(network: &dyn Network, device: Device, batch: &Padded) -> Result<Vec<f32>, String> {
    let batch = batch.to_device(device);
    let states = network.states(&batch)?;
    batch.unpad(&states).map_err(|error| error.to_string())
}

/// Turns a panic, which is how tch tells of libtorch's exceptions, into an error.
pub(crate) fn catch<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(message(panic.as_ref())))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    let text = text.unwrap_or("it panicked");
    // tch unwraps libtorch's exceptions; behind their first line is a stack trace of C++.
    let text = text.split_once("Torch(\"").map_or(text, |(_, exception)| exception);
    let ends = ["\n", "\\n", "\")"];
    let end = |text: &str| {
        ends.iter().filter_map(|end| text.split_once(end)).map(|(it, _)| it.len()).min()
    };
    text.chars().take(end(text).unwrap_or(text.len())).collect()
}

#[cfg(test)]
mod tests {
    use newstance_model::PackedPieces;
    use tch::{Device, Kind, Tensor};

    use super::Owner;
    use crate::network::Network;
    use crate::padded::{Padded, PaddedTensors};

    /// Gives ids as states; panics on id 13, and lets libtorch throw on id 14.
    #[derive(Debug)]
    struct Echo;

    impl Network for Echo {
        fn states(&self, batch: &PaddedTensors) -> Result<Tensor, String> {
            let is_good = batch.ids.eq(13).any().int64_value(&[]) == 0;
            assert!(is_good, "index out of range\nat c10");
            if batch.ids.eq(14).any().int64_value(&[]) == 1 {
                return Ok(batch.ids.view([-1, 7]));
            }
            Ok(batch.ids.unsqueeze(-1).to_kind(Kind::Float))
        }
    }

    fn batch(ids: &[u32]) -> Padded {
        let mut packed = PackedPieces::default();
        packed.push_text(ids, &vec![0; ids.len()]);
        packed.push_text(&[1], &[0]);
        Padded::new(&packed, 0)
    }

    #[test]
    fn states_come_packed() {
        let owner = Owner::start(Box::new(Echo), Device::Cpu).unwrap();
        assert_eq!(owner.states(batch(&[5, 6])).unwrap(), [5.0, 6.0, 1.0]);
    }

    #[test]
    fn a_failure_is_told_and_the_next_request_answered() {
        let owner = Owner::start(Box::new(Echo), Device::Cpu).unwrap();
        assert_eq!(owner.states(batch(&[13])).unwrap_err(), "index out of range");
        let error = owner.states(batch(&[14])).unwrap_err();
        assert_eq!(error, "shape '[-1, 7]' is invalid for input of size 4");
        assert_eq!(owner.states(batch(&[4])).unwrap(), [4.0, 1.0]);
    }
}
