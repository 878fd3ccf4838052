import ArgumentParser
import Formats
import Runs
import Similarity

/// Whether a program that sends Gram matrices does it right.
struct BackendCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Run a backend, and say whether it keeps to the protocol.",
    discussion: "Exit codes: 0 it does, 1 it does not, 64 the command line is wrong.")

  @Argument(parsing: .captureForPassthrough, help: "The backend and its arguments.")
  var command: [String]

  private var words: [String] {
    command.first == "--" ? Array(command.dropFirst()) : command
  }

  func validate() throws {
    if words.isEmpty { throw ValidationError("name the backend's command") }
  }

  func run() throws {
    // All that follows is the backend's, even its --help; alone it is ours.
    if words == ["--help"] || words == ["-h"] { throw CleanExit.helpRequest(self) }
    do {
      let stream = try BackendStream(words, patience: 600) {
        complain("backend: \($0.text)")
      }
      let names = stream.header.names
      var findings: [String] = []
      var frames = 0
      while let frame = try stream.frame() {
        frames += 1
        for (name, layer) in zip(names, frame.layers) {
          guard case .gram(let gram) = layer, let finding = GramFinding.first(in: gram) else {
            continue
          }
          findings.append("frame \(frames), '\(name)': \(finding)")
        }
      }
      findings.prefix(20).forEach(complain)
      guard findings.isEmpty else {
        throw fail("\(findings.count) Gram matrices are not what the protocol asks for")
      }
      try StandardOutput.print(
        "\(frames) minibatches of \(names.count) layers: all as the protocol asks")
    } catch let error as ComputeError {
      throw fail(error.description)
    } catch let error as FormatError {
      throw fail(error.description)
    }
  }
}
