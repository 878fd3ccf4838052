import ArgumentParser
import Core
import Figure
import Formats
import Foundation
import Runs
import System
import Terminal

/// What the program finds on this machine, and what to do where something is amiss.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: """
      Say what is found here: terminal, colours, libraries, settings, Python; and what to do.
      """,
    discussion: """
      Python is optional: only `cka compute torch` needs it, so without one all is well. What is \
      named here has to be right, though.

      Exit codes: 0 the explorer can run; 1 it cannot, or --python PYTHON cannot run models, or \
      --config FILE is not understood; 64 the command line is wrong.
      """)

  @OptionGroup var colors: ColorOptions

  @Flag(help: "Leave the mouse to the terminal.")
  var noMouse = false

  @Option(help: "The settings file.", completion: .file())
  var config: String?

  @Option(
    help: """
      The Python that would run models. (default: $CKA_PYTHON, the active environment, python3)
      """,
    completion: .file())
  var python: String?

  @Flag(help: "Print one JSON array with an object for each fact.")
  var json = false

  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    let terminal = TerminalReport(
      TerminalOptions(
        depth: colors.explicitDepth, mouse: !noMouse, environment: environment))
    let settings = settings(environment)
    let models = PythonFacts.all(python: python, environment)
    let facts =
      [Fact(name: "cka", value: Version.current)] + terminal.rows.map(Fact.init)
      + [Fact.locale(environment)] + Fact.libraries + settings
      + [Fact.memory, Fact.isolation, Fact.stateFolder(environment)] + models
    try StandardOutput.print(json ? PrettyJSON.text(facts) : Self.table(facts))
    if let obstacle = terminal.obstacle { throw fail("the explorer cannot run here: \(obstacle)") }
    // A package that only some specifications need may be missing, or broken.
    let needed = models.filter { ["python", "models"].contains($0.name) }
    for (option, named, facts) in [("--python", python, needed), ("--config", config, settings)] {
      guard let named, facts.contains(where: { $0.advice != nil }) else { continue }
      throw fail("\(option) \(named) will not do: see what there is to do above")
    }
  }

  private func settings(_ environment: [String: String]) -> [Fact] {
    guard let path = config ?? Configuration.path(environment: environment) else {
      return [Fact(name: "settings", value: "no place for them", advice: "set HOME")]
    }
    let (_, problems) = Configuration.load(path: path, isRequired: config != nil)
    let isThere = FileIdentity(path) != nil
    let file = Fact(name: "settings", value: isThere ? path : "\(path) (not there: defaults)")
    return [file]
      + problems.map { problem in
        Fact(name: "settings", value: "not understood", advice: problem)
      }
  }

  private static func table(_ facts: [Fact]) -> String {
    let width = facts.map(\.name.count).max() ?? 0
    let indent = String(repeating: " ", count: width + 2)
    return facts.map { fact in
      let name = fact.name.padding(toLength: width, withPad: " ", startingAt: 0)
      return "\(name)  \(fact.value)" + (fact.advice.map { "\n\(indent)to do: \($0)" } ?? "")
    }.joined(separator: "\n")
  }
}

/// One line of the report.
struct Fact: Encodable {
  let name, value: String
  /// What to do about it; nil when all is well.
  let advice: String?

  /// A fact whose texts may come from the environment, made safe to show.
  init(name: String, value: String, advice: String? = nil) {
    self.name = name
    self.value = SafeText.sanitise(value)
    self.advice = advice.map(SafeText.sanitise)
  }

  fileprivate init(_ row: TerminalReport.Row) {
    self.init(name: row.name, value: row.value, advice: row.advice)
  }

  fileprivate static var libraries: [Fact] {
    (FormatLibraries.versions + FigureLibraries.versions).map {
      Fact(name: $0.name, value: $0.version)
    }
  }

  /// The variable that decides which characters can be shown.
  fileprivate static func locale(_ environment: [String: String]) -> Fact {
    let name = ["LC_ALL", "LC_CTYPE", "LANG"].first { environment[$0]?.isEmpty == false }
    let value = name.map { "\($0)=\(environment[$0] ?? "")" }
    return Fact(name: "locale", value: value ?? "not set")
  }

  /// How much memory what is read from files may take.
  fileprivate static var memory: Fact {
    let allowance = MemoryAllowance.ofThisProcess
    let amount = "\(allowance.bytes >> 20) MiB for what is read from files"
    let value =
      switch allowance.source {
      case .chosen: "\(amount) (\(MemoryAllowance.variable))"
      case .quarter(let whole):
        "\(amount), of \(whole >> 20) MiB; \(MemoryAllowance.variable) sets another amount"
      }
    return Fact(
      name: "memory", value: value,
      advice: allowance.misunderstood.map {
        "write \(MemoryAllowance.variable) as a number with K, M or G, such as 8G: not '\($0)'"
      })
  }

  /// Whether the kernel confines the process that reads HDF5.
  fileprivate static var isolation: Fact {
    Fact(
      name: "HDF5 reader",
      value: HDF5Service.isConfined
        ? "a process that can only compute (seccomp)"
        : "a process without new files and processes; this kernel does not filter system calls")
  }

  fileprivate static func stateFolder(_ environment: [String: String]) -> Fact {
    guard let folder = ViewStore.stateFolder(environment)?.path else {
      return Fact(
        name: "state", value: "no place for it", advice: "set HOME, to come back to the last view")
    }
    let path = "\(folder)/cka"
    // The nearest folder that exists decides whether the others can be made.
    var existing = path
    while existing != "/", FileIdentity(existing) == nil {
      existing = (existing as NSString).deletingLastPathComponent
    }
    let isUsable = FileIdentity(existing)?.isFolder == true && access(existing, W_OK) == 0
    return Fact(
      name: "state", value: path,
      advice: isUsable
        ? nil : "make \(existing) a folder of your own, to come back to the last view")
  }
}
