import Cells
import Core
import Similarity

@testable import Explorer

/// An explorer with results behind it, for tests that read as stories: keys go in, the screen comes
/// out. What the explorer asks for is answered at once, as a runner with a very fast disk would.
struct Scene {
  private(set) var state: State
  /// What the disk holds.
  var disk: [ResultID: any Sampled] = [:]
  /// Files that cannot be read, with the reason.
  var unreadable: [ResultID: String] = [:]
  /// Loads wait for `answer()` instead of being answered at once.
  var isSlow = false
  /// Loads that wait, oldest first.
  private(set) var waiting: [Effect] = []
  /// Every effect asked for, oldest first.
  private(set) var asked: [Effect] = []

  /// A screen of `width` × `height` on which the walk has found `results`, in this order.
  init(
    _ results: [any Sampled] = [], _ width: Int = 80, _ height: Int = 24,
    depth: ColorDepth = .trueColor, unicode: Bool = true, preferences: Preferences = Preferences()
  ) {
    state = State(
      terminal: TerminalTraits(
        size: Size(width: width, height: height), depth: depth, unicode: unicode),
      preferences: preferences)
    guard !results.isEmpty else { return }
    find(results)
    finishWalk()
  }

  /// The walk comes to `results`; the folder is the first part of their paths.
  mutating func find(_ results: [any Sampled]) {
    for result in results { disk[result.saved.id] = result }
    send(.found(results.map { CatalogEntry(sample: $0) }))
  }

  /// The walk ends.
  mutating func finishWalk(problems: [String] = []) {
    var scan = ScanProgress()
    (scan.filesRead, scan.filesFound) = (disk.count, disk.count)
    scan.isFinished = true
    scan.problems = problems
    send(.scanned(scan))
  }

  /// Presses keys, named as in the help and separated by blanks: "j j Enter + Space C-u".
  mutating func press(_ keys: String) {
    for name in keys.split(separator: " ") {
      guard let key = Key(name: String(name)) else {
        preconditionFailure("no key is called \(name)")
      }
      send(.input(.key(key)))
    }
  }

  /// Types text letter by letter.
  mutating func type(_ text: String) {
    for scalar in text.unicodeScalars { send(.input(.key(.character(scalar)))) }
  }

  mutating func mouse(_ action: MouseEvent.Action, _ x: Int, _ y: Int) {
    send(.input(.mouse(MouseEvent(action, x: x, y: y))))
  }

  mutating func resize(_ width: Int, _ height: Int) {
    send(.input(.resize(Size(width: width, height: height))))
  }

  /// Runs the command called `name` from the palette.
  mutating func command(_ name: String) {
    press(":")
    type(name)
    press("Enter")
  }

  /// Anything that may happen, and the answers to what the explorer then asks for.
  mutating func send(_ action: Action) {
    let effects = update(&state, action)
    asked += effects
    for effect in effects {
      if case .readSeeds(let ids) = effect {
        send(.seedsRead(ids.compactMap { disk[$0]?.saved.comparison }))
      }
      guard case .load = effect else { continue }
      waiting.append(effect)
      if !isSlow { answer() }
    }
  }

  /// Answers the load that has waited longest.
  mutating func answer() {
    guard !waiting.isEmpty, case .load(let id, let companion, let reread) = waiting.removeFirst()
    else {
      return
    }
    if let reason = unreadable[id] {
      send(.loadFailed(id, reason))
    } else if let result = disk[id] {
      let other = companion.flatMap { unreadable[$0] == nil ? disk[$0]?.saved.comparison : nil }
      send(.loaded(Opened(result.saved), companion: other.map { OpenResult($0) }, reread: reread))
    }
  }

  /// The state as a program that uses the module may change it.
  mutating func change(_ change: (inout State) -> Void) { change(&state) }

  var buffer: CellBuffer { view(state) }
  /// The glyphs on the screen.
  var screen: String { buffer.text }
  /// The last line: messages, prompts, keys.
  var footer: String { line(-1) }
  /// The line above: what is under the crosshair.
  var readout: String { line(-2) }
  /// The value under the crosshair, as the readout has it.
  var value: Double? { state.readout.flatMap { Double($0.value.prefix { $0 != " " }) } }
  /// The names under the crosshair: "fc × conv1".
  var names: String { state.readout?.names ?? "" }
  /// The model pair on the screen: "A × B".
  var pair: String {
    state.primary.map { "\($0.comparison.rows.model) × \($0.comparison.columns.model)" } ?? ""
  }

  /// A line of the screen; negative numbers count from the bottom.
  func line(_ index: Int) -> String {
    let lines = screen.split(separator: "\n", omittingEmptySubsequences: false)
    let index = index < 0 ? lines.count + index : index
    return lines.indices.contains(index) ? String(lines[index]) : ""
  }
}

/// What a scene's disk can hold.
protocol Sampled {
  /// As the file says it.
  var saved: SavedResult { get }
}

extension Comparison: Sampled {
  var saved: SavedResult { .comparison(self) }
}

extension Curves: Sampled {
  var saved: SavedResult { .curves(self) }
}

extension CatalogEntry {
  /// The entry of a sample: its path is `FOLDER/NAME`.
  init(sample: any Sampled) {
    let sample = sample.saved
    let parts = sample.id.path.split(separator: "/").map(String.init)
    let name = (parts.last ?? "") + (sample.id.key.isEmpty ? "" : " \(sample.id.key)")
    self.init(sample, folder: parts.dropLast().joined(separator: "/"), name: name)
  }
}
