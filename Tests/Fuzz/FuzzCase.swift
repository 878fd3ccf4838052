/// One damaged file, as its number and the seed make it.
struct FuzzCase {
  let target: FuzzTarget
  let ending: String
  let bytes: [UInt8]

  /// Case `number` under `seed`.
  init(_ number: UInt64, seed: UInt64, corpus: Corpus) {
    var random = FuzzRandom(seed: seed, number: number)
    let entry = corpus.pick(&random)
    let other = corpus.entries[random.below(corpus.entries.count)].bytes
    var mutator = Mutator(random: random, other: other)
    var bytes = entry.bytes
    if !mutator.random.once(in: 3), let inside = Containers.changed(bytes, by: &mutator) {
      bytes = inside
      if mutator.random.once(in: 8) { bytes = mutator.changed(bytes) }
    } else {
      bytes = mutator.changed(bytes)
    }
    if entry.target == .results, mutator.random.once(in: 40) { bytes = Containers.gzip(bytes) }
    target = entry.target
    ending = entry.ending
    self.bytes = bytes
  }
}
