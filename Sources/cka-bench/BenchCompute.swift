import ArgumentParser
import Core
import Formats
import Glibc
import Similarity

/// What a computation costs, and what the Python tools take for the same arrays.
struct BenchCompute: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compute",
    abstract: "Measure cka compute: its speed beside its peers, memory, and what checkpoints cost.",
    discussion: """
      speed: one minibatch of 128 samples of all 67 modules of ResNet18 and all 115 of ResNet34, as \
      they are for images of 64 × 64: 1.6 million features, 830 MB. Ours is the whole command, from \
      start to the written bundle; of the peers only the CKA part is timed, on arrays in memory. \
      They are measured where --python has torch, torch_cka (0.21) and pytorch-cka (1.1.3).

      memory: beyond mapped files, for few and for many minibatches of 182 layers.

      checkpoints: a job of 400 minibatches of 60 layers without any checkpoint, and with them and \
      a reader that opens every one, in turn.

      Arrays are made in a temporary folder and removed again. The exit code is 0 whatever the \
      figures are.
      """)

  /// What is measured.
  enum Part: String, ExpressibleByArgument, CaseIterable {
    case speed, memory, checkpoints
  }

  @Option(help: "What to measure.")
  var part = Part.speed

  @Option(help: "The Python that has the peers.")
  var python = "python3"

  @Option(help: "Times that each is run; the median counts. torch_cka is run once.")
  var runs = 7

  @Option(help: "For memory: numbers of minibatches, with commas.")
  var minibatches = "10,1000"

  @Option(help: "Where the arrays are made. (default: $TMPDIR or /tmp)", completion: .directory)
  var folder: String?

  @Flag(help: "Leave the peers out.")
  var alone = false

  func validate() throws {
    guard (1...1000).contains(runs) else { throw ValidationError("--runs must be from 1 to 1000") }
    guard counts.allSatisfy({ (1...10_000).contains($0 ?? 0) }) else {
      throw ValidationError("--minibatches must be numbers from 1 to 10000, with commas")
    }
  }

  func run() throws {
    do {
      switch part {
      case .speed: try measureSpeed()
      case .memory: try measureMemory()
      case .checkpoints: try measureCheckpoints()
      }
    } catch let error as ComputeError {
      throw fail(error.description)
    } catch let error as FormatError {
      throw fail(error.description)
    }
  }

  /// `minibatches` as numbers; nil for what is none.
  var counts: [Int?] {
    minibatches.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
  }

  private func measureSpeed() throws {
    let inputs = try BenchActivations.resNets(folder: folder)
    defer { inputs.remove() }
    let ours = try (0..<runs).map { _ in try BenchRun(inputs, ["--batch-size", "128"]) }
    let seconds = Self.median(ours.map(\.seconds))
    let peak = ours.map(\.peakBytes).max() ?? 0
    print(
      "cka compute, whole command   \(Self.seconds(seconds))  "
        + "own memory at most \(Self.megabytes(peak))")
    guard !alone else { return }
    for peer in BenchPeers.all {
      let line: String
      do throws(ComputeError) {
        let theirs = try peer.measure(inputs, python: python, runs: runs)
        line = "\(Self.seconds(theirs))  \((theirs / seconds * 10).rounded() / 10) × ours"
      } catch {
        line = "not measured with \(SafeText.sanitise(python)): \(error.description)"
      }
      print("\(peer.title)   \(line)")
    }
  }
}

// MARK: What the parts share

extension BenchCompute {
  static func median(_ values: [Double]) -> Double {
    Statistics.quantile(0.5, of: values.sorted())
  }

  static func seconds(_ seconds: Double) -> String { "\((seconds * 1000).rounded() / 1000) s" }

  static func megabytes(_ bytes: Int) -> String { "\(bytes / 1_000_000) MB" }
}
