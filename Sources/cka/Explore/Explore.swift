import ArgumentParser
import Cells
import Core
import Explorer
import Foundation
import System
import Terminal

/// The explorer, and its headless replay.
struct Explore: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Open the explorer on files and folders (the default command).")

  @Argument(help: "Result files, and folders to search for them.", completion: .file())
  var paths: [String] = ["."]

  @OptionGroup var colors: ColorOptions

  @Flag(help: "Leave the mouse to the terminal.")
  var noMouse = false

  @Flag(help: "Start afresh, not where the last session on these paths ended.")
  var noRestore = false

  @Option(help: "Keys to press first, separated by blanks: 'j Enter + / layer4 Enter'.")
  var keys: String?

  @Option(help: "The screen's size for --dump-screen, WIDTHxHEIGHT.")
  var size: ScreenSize = ScreenSize(width: 80, height: 24)

  @Flag(help: "Print the screen after --keys and leave; nothing is asked of a terminal.")
  var dumpScreen = false

  @Option(
    help:
      "A CSV file of accuracies, layer,accuracy, to stand beside the candidates for freezing (F).",
    completion: .file())
  var accuracy: String?

  @Option(help: "The settings file.", completion: .file())
  var config: String?

  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    let settings = config ?? Configuration.path(environment: environment)
    let (loaded, problems) = Configuration.load(path: settings, isRequired: config != nil)
    var preferences = loaded
    preferences.layerFigures = try accuracy.map(Freeze.figures)
    let notice = { (width: Int) in
      Configuration.notice(problems, path: SafeText.sanitise(settings ?? ""), width: width)
    }
    let keys = try (self.keys ?? "").split(separator: " ").flatMap { try KeyScript.keys($0) }
    if dumpScreen {
      try dump(keys, preferences, notice(size.size.width - 2))
    } else if let path = paths.first, paths.allSatisfy({ FileIdentity($0) == nil }) {
      // A mistyped name or command deserves a word on the command line, not an empty screen.
      throw fail("\(path): no such file, folder or command; cka --help lists the commands")
    } else if isatty(STDOUT_FILENO) == 0 || environment["TERM"] == "dumb" {
      // Nobody can steer an explorer there; the results in words are the next best thing.
      try Info.summarise(paths)
    } else {
      try explore(keys, preferences, notice, environment)
    }
  }

  /// A single file leaves nothing to choose from.
  private var namesOneFile: Bool {
    paths.count == 1 && paths.allSatisfy { FileIdentity($0)?.isRegular ?? false }
  }

  private func dump(_ keys: [Key], _ preferences: Preferences, _ notice: String?) throws {
    let depth = colors.depth(isTerminal: isatty(STDOUT_FILENO) != 0)
    let traits = TerminalTraits(size: size.size, depth: depth)
    var state = State(terminal: traits, preferences: preferences)
    state.startsInPicture = namesOneFile
    state.message = notice.map { .error($0) }
    let session = HeadlessSession(state: state, paths: paths)
    session.run(keys)
    let screen = view(session.state)
    try StandardOutput.print(depth == .none ? screen.text : ANSIText.encode(screen))
  }

  private func explore(
    _ keys: [Key], _ preferences: Preferences, _ notice: (Int) -> String?,
    _ environment: [String: String]
  ) throws {
    let options = TerminalOptions(
      depth: colors.explicitDepth, mouse: preferences.mouse && !noMouse, environment: environment)
    let screen: TerminalScreen
    do {
      screen = try TerminalScreen(options)
    } catch {
      throw fail(error.description)
    }
    defer { screen.close() }
    let traits = TerminalTraits(
      size: screen.size, depth: screen.depth, unicode: screen.unicode,
      mouse: preferences.mouse && !noMouse)
    var state = State(terminal: traits, preferences: preferences)
    state.message = notice(screen.size.width - 2).map { .error($0) }
    state.startsInPicture = namesOneFile
    let store = preferences.restoreView && !noRestore ? ViewStore(paths: paths) : nil
    if let saved = store?.load() { state.restore(saved) }
    let session = LiveSession(state: state, paths: paths, screen: screen)
    let failures = session.run(keys)
    if let saved = session.state.savedView { store?.save(saved) }
    screen.close()
    if !failures.isEmpty { throw fail(failures.joined(separator: "\n")) }
  }
}

/// `120x40`.
struct ScreenSize: ExpressibleByArgument {
  let size: Size

  init(width: Int, height: Int) { size = Size(width: width, height: height) }

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "x").map { Int($0) }
    guard parts.count == 2, let width = parts[0], let height = parts[1],
      (1...1000).contains(width), (1...1000).contains(height)
    else { return nil }
    self.init(width: width, height: height)
  }

  var defaultValueDescription: String { "\(size.width)x\(size.height)" }
}

/// Keys written as text, for `--keys`.
enum KeyScript {
  /// A key by its name (`Enter`, `C-l`, `j`); a longer word that names no key is typed letter by
  /// letter.
  static func keys(_ word: Substring) throws -> [Key] {
    if let key = Key(name: String(word)) { return [key] }
    return word.unicodeScalars.map { .character($0) }
  }
}
