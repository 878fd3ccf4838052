import ArgumentParser
import CKACore
import Compute
import Formats
import Glibc

/// What a computation costs, and what the Python tools take for the same arrays.
struct BenchCompute: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compute",
    abstract: "Measure cka compute against torch_cka and pytorch-cka on the same arrays.",
    discussion: """
      The arrays are one minibatch of 128 samples of all 67 modules of ResNet18 and all 115 of \
      ResNet34, as they are for images of 64 × 64: 1.6 million features, 830 MB, made in a temporary \
      folder and removed again. Ours is the whole command, from start to the written bundle; of the \
      peers only the CKA part is timed, on arrays that are in memory. The exit code is 0 whatever \
      the figures are.

      The peers are measured where --python has torch, torch_cka (0.21) and pytorch-cka (1.1.3).
      """)

  @Option(help: "The Python that has the peers.")
  var python = "python3"

  @Option(help: "Times that each is run; the median counts. torch_cka is run once.")
  var runs = 7

  @Option(help: "Where the arrays are made. (default: $TMPDIR or /tmp)", completion: .directory)
  var folder: String?

  @Flag(help: "Leave the peers out.")
  var alone = false

  func validate() throws {
    guard (1...1000).contains(runs) else { throw ValidationError("--runs must be from 1 to 1000") }
  }

  func run() throws {
    do {
      let inputs = try BenchActivations(folder: folder)
      defer { inputs.remove() }
      let ours = try measureOurs(inputs)
      try StandardOutput.print(
        "cka compute, whole command   \(Self.seconds(ours.seconds))  "
          + "own memory at most \(ours.peakBytes / 1_000_000) MB")
      guard !alone else { return }
      for peer in BenchPeers.all {
        guard let seconds = try peer.measure(inputs, python: python, runs: runs) else {
          try StandardOutput.print("\(peer.title)   not measured: \(python) has no \(peer.package)")
          continue
        }
        let ratio = seconds / ours.seconds
        try StandardOutput.print(
          "\(peer.title)   \(Self.seconds(seconds))  \((ratio * 10).rounded() / 10) × ours")
      }
    } catch let error as ComputeError {
      throw fail(error.description)
    } catch let error as FormatError {
      throw fail(error.description)
    }
  }

  /// The median time of the whole command, and the most memory of all runs.
  private func measureOurs(
    _ inputs: BenchActivations
  ) throws(ComputeError) -> (seconds: Double, peakBytes: Int) {
    let clock = ContinuousClock()
    var (times, peak): ([Double], Int) = ([], 0)
    for _ in 0..<runs {
      let begin = clock.now
      let child = try ChildProcess(
        [
          "/proc/self/exe", "compute", "--quiet", "--batch-size", "128",
          "-o", inputs.output,
        ] + inputs.paths)
      let ending = child.wait()
      let time = (clock.now - begin).components
      guard ending.status == 0 else {
        throw ComputeError("cka compute ended with status \(ending.status)")
      }
      times.append(Double(time.seconds) + Double(time.attoseconds) * 1e-18)
      peak = max(peak, ending.peakBytes)
    }
    return (Statistics.quantile(0.5, of: times.sorted()), peak)
  }

  private static func seconds(_ seconds: Double) -> String {
    "\((seconds * 1000).rounded() / 1000) s"
  }
}
