import Core
import Formats
import Glibc
import Runs
import System

extension BenchCompute {
  /// The same job without checkpoints and with all that a live view needs, in turn.
  ///
  /// RBF kernels make many small minibatches take their time without many gigabytes of features.
  func measureCheckpoints() throws {
    let (minibatches, samples, layers) = (400, 256, 60)
    let inputs = try BenchActivations.model(
      layers: layers, features: 16, samples: minibatches * samples, folder: folder)
    defer { inputs.remove() }
    let options = ["--batch-size", "\(samples)", "--kernel", "rbf:1"]
    var (without, with): ([BenchRun], [BenchRun]) = ([], [])
    var reader = CheckpointReader(path: inputs.output + ".partial")
    for _ in 0..<runs {
      without.append(
        try BenchRun(inputs, options, environment: ["\(CheckpointPace.variable)=1000000"]))
      with.append(try BenchRun(inputs, options) { reader.look() })
    }
    let wall = (Self.median(without.map(\.seconds)), Self.median(with.map(\.seconds)))
    let busy = (
      Self.median(without.map(\.processorSeconds)), Self.median(with.map(\.processorSeconds))
    )
    let reading = reader.processorSeconds / Double(runs)
    print(
      """
      \(minibatches) minibatches of \(samples) samples, \(layers) layers
      no checkpoints        \(Self.seconds(wall.0))   processor time \(Self.seconds(busy.0))
      checkpoints, watched  \(Self.seconds(wall.1))   processor time \(Self.seconds(busy.1))   \
      \(reader.seen / runs) checkpoints seen
      the live view takes   \(Self.percent(wall.1 / wall.0 - 1)) of the time, \
      \(Self.percent(busy.1 / busy.0 - 1)) of the processor time; its reader \
      \(Self.percent(reading / busy.0)) more
      """)
  }

  private static func percent(_ share: Double) -> String {
    "\((share * 1000).rounded() / 10) %"
  }
}

/// Somebody who watches: reads a partial result whenever it was replaced, and makes its picture's
/// numbers.
private struct CheckpointReader {
  let path: String
  /// How often there was something new.
  private(set) var seen = 0
  /// What reading took.
  private(set) var processorSeconds = 0.0
  /// The part below a second is enough to tell two from one another.
  private var modified = -1

  init(path: String) { self.path = path }

  mutating func look() {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mtim.tv_nsec != modified else { return }
    modified = status.st_mtim.tv_nsec
    let begin = Self.processorTime()
    // The file goes when the job is done, perhaps at this very moment.
    guard let results = try? ResultFile.read(path: path) else { return }
    for result in results { _ = result.block?.halfWidths() }
    seen += 1
    processorSeconds += Self.processorTime() - begin
  }

  private static func processorTime() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.processorSeconds
  }
}
