//! Measures what a sign-in's password costs beyond the hash itself: `cargo bench -p auth`.
//!
//! Compares the CPU time of the hasher (normalising the password, parsing the stored hash, waiting for a turn, the
//! thread, the pepper, the comparison) with that of one bare Argon2id of the same parameters. The two alternate, so
//! that other load on the machine affects both.
#![allow(clippy::print_stdout)]

use std::sync::Arc;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use rustix::time::{ClockId, clock_gettime};

// The hasher is private to the function, so the bench compiles its source.
#[allow(dead_code, unused_imports)]
#[path = "../src/password/mod.rs"]
mod password;

use password::{Hasher, Password, Verified};

const BUFFERS: usize = 20;
const ROUNDS: usize = 20;
const TYPED: &str = "correct horse battery staple";

fn main() {
    let (mut bares, mut sign_ins) = (Vec::new(), Vec::new());
    // Hashing is bound by memory, and the position of its pages makes a difference of some percent: so each uses many
    // buffers.
    for _ in 0..BUFFERS {
        measure(&mut bares, &mut sign_ins);
    }
    let [(bare, bare_sum), (sign_in, sign_in_sum)] = [bares, sign_ins].map(median_and_sum);
    println!("{} rounds, CPU time      median         sum", BUFFERS * ROUNDS);
    println!("bare Argon2id        {bare:>12.3?}  {bare_sum:>10.3?}");
    println!("password of sign-in  {sign_in:>12.3?}  {sign_in_sum:>10.3?}");
    let [median, sum] = [sign_in.div_duration_f64(bare), sign_in_sum.div_duration_f64(bare_sum)];
    println!("ratio                {median:>12.3}  {sum:>10.3}   (goal: at most 1.05)");
}

/// Times both, alternating, each with a buffer of its own that it has used before.
fn measure(bares: &mut Vec<Duration>, sign_ins: &mut Vec<Duration>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let hasher = Arc::new(Hasher::new([7; 32]));
    let stored = runtime
        .block_on(hasher.slot().expect("a slot is free").hash(&Password::from(TYPED.to_owned()), [1; 16]))
        .expect("hashed");
    let sign_in = || {
        let password = Password::from(TYPED.to_owned());
        let verified = runtime
            .block_on(hasher.slot().expect("a slot is free").verify(&password, Some(&stored)))
            .expect("verified");
        assert_eq!(verified, Verified::Yes);
    };

    let params = Params::new(19_456, 2, 1, Some(32)).expect("parameters");
    let mut blocks = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut bare = || {
        let mut output = [0; 32];
        argon2.hash_password_into_with_memory(TYPED.as_bytes(), &[1; 16], &mut output, &mut blocks).expect("hashed");
        std::hint::black_box(output);
    };

    bare();
    sign_in();
    for _ in 0..ROUNDS {
        bares.push(cpu(&mut bare));
        sign_ins.push(cpu(sign_in));
    }
}

/// Returns the CPU time of all threads of this process during `work`.
fn cpu(work: impl FnOnce()) -> Duration {
    let now = || Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).expect("after the start");
    let begun = now();
    work();
    now() - begun
}

fn median_and_sum(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort();
    (times[times.len() / 2], times.iter().sum())
}
