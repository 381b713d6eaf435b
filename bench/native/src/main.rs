//! Adam's loop compiled for this CPU: a program that is told on its standard input what to time, a command a line, and
//! answers each with a line of JSON.
//!
//! | command | answer |
//! |---|---|
//! | `contestants` | the names of all, in an array |
//! | `make NAME PARAMS GRADS LENGTH,LENGTH,…` | `{}`: one stands, over the float32 values in those files |
//! | `run INDEX STEPS` | `{"nanoseconds":…}` that the steps took, of the one made as number `INDEX` |
//! | `params INDEX FILE` | `{}`: its parameters are in the file |
//! | `grads INDEX FILE` | `{}`: it has the gradients in the file |
//! | `drop INDEX` | `{}`: it is gone |
//!
//! Tabs stand between the words.

mod loops;
mod tensors;

use loops::{Kind, Sweep, widths};
use std::io::{BufRead, Write, stdin, stdout};
use tensors::Optimizer;

/// A sweep and its name.
struct Contestant {
    name: String,
    sweep: Sweep,
    kind: Kind,
}

fn contestants() -> Vec<Contestant> {
    let mut all = Vec::new();
    for width in widths() {
        let mut add = |name: &str, sweep, kind| {
            all.push(Contestant { name: format!("{name}-{}", width.bits), sweep, kind });
        };
        add("adam", width.adam, Kind::Adam);
        add("exact", width.exact, Kind::Exact);
        add("triad", width.triad, Kind::Triad);
    }
    all
}

fn read_floats(file: &str) -> Result<Vec<f32>, String> {
    let bytes = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let floats = bytes.chunks_exact(4).map(|four| f32::from_ne_bytes([four[0], four[1], four[2], four[3]]));
    Ok(floats.collect())
}

fn number(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| format!("not a number: {text}"))
}

fn at<'a>(made: &'a mut [Option<Optimizer>], index: &str) -> Result<&'a mut Optimizer, String> {
    made.get_mut(number(index)?).and_then(Option::as_mut).ok_or(format!("none was made as {index}"))
}

fn answer(line: &str, made: &mut Vec<Option<Optimizer>>) -> Result<String, String> {
    let words: Vec<&str> = line.split('\t').collect();
    match words[..] {
        ["contestants"] => {
            let names: Vec<String> = contestants().iter().map(|each| format!("\"{}\"", each.name)).collect();
            return Ok(format!("[{}]", names.join(",")));
        }
        ["make", name, params, grads, lengths] => {
            let wanted = contestants().into_iter().find(|each| each.name == name);
            let Contestant { sweep, kind, .. } = wanted.ok_or(format!("no contestant: {name}"))?;
            let lengths = lengths.split(',').map(number).collect::<Result<Vec<_>, _>>()?;
            made.push(Some(Optimizer::new(&read_floats(params)?, &read_floats(grads)?, &lengths, sweep, kind)));
        }
        ["run", index, steps] => {
            return Ok(format!("{{\"nanoseconds\":{}}}", at(made, index)?.run(number(steps)?)));
        }
        ["params", index, file] => {
            std::fs::write(file, at(made, index)?.params()).map_err(|error| format!("{file}: {error}"))?;
        }
        ["grads", index, file] => at(made, index)?.set_grads(&read_floats(file)?),
        ["drop", index] => {
            at(made, index)?;
            made[number(index)?] = None;
        }
        _ => return Err(format!("no command: {line}")),
    }
    Ok("{}".to_owned())
}

fn main() -> Result<(), String> {
    let mut made = Vec::new();
    for line in stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        let reply = answer(&line, &mut made)?;
        let mut out = stdout().lock();
        writeln!(out, "{reply}").and_then(|()| out.flush()).map_err(|error| error.to_string())?;
    }
    Ok(())
}
