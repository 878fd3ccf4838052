import Foundation

/// A program in a real terminal: a tmux server of its own, without configuration, killed at the
/// end.
///
///     let session = try TmuxSession(width: 80, height: 24, command: "cka results/")
///     try session.wait { $0.contains("resnet18") }
///     try session.send("q")
///     try session.wait { _ in try !session.state().isAlternate }
package final class TmuxSession {
  /// What tmux knows about the pane.
  package struct State: Equatable {
    /// The alternate screen is shown.
    package var isAlternate: Bool
    /// Some kind of mouse reporting is on.
    package var hasMouse: Bool
    /// The cursor can be seen.
    package var showsCursor: Bool
    /// The name of the program in the foreground.
    package var command: String
  }

  /// A condition that did not come true in time, with the screen as it was.
  package struct Timeout: Error, CustomStringConvertible {
    package var description: String
  }

  private let socket = FileManager.default.temporaryDirectory
    .appendingPathComponent("cka-\(UUID().uuidString.prefix(8)).sock")

  private let environment: [String: String]

  /// Starts `command`, a line for `sh`, in a terminal of `width` × `height` cells. tmux gives it
  /// `TERM=screen`; give another one in the line (`TERM=vt100 cka`).
  /// - Parameters:
  ///   - folder: the working folder; nil for the tests' own.
  ///   - environment: variables besides `PATH`, `HOME` and a UTF-8 locale.
  package init(
    width: Int = 120, height: Int = 40, folder: String? = nil,
    environment: [String: String] = [:], command: String = "sh"
  ) throws {
    self.environment = environment
    let place = folder.map { ["-c", $0] } ?? []
    try tmux(
      ["-f", "/dev/null", "new-session", "-d", "-x", "\(width)", "-y", "\(height)"] + place + [
        "env -u COLORTERM -u NO_COLOR PS1='$ ' ENV= sh -c '\(command.replacing("'", with: "'\\''"))'"
      ])
  }

  deinit {
    try? close()
    try? FileManager.default.removeItem(at: socket)
  }

  /// Takes the terminal away from whatever runs in it.
  package func close() throws { try tmux("kill-server") }

  /// Presses keys, by tmux's names: `q`, `Enter`, `C-z`, `M-x`, `S-Left`, `PPage`, `F1`.
  package func send(_ keys: String...) throws { try tmux(["send-keys", "--"] + keys) }

  /// Types `text` as it is, then Enter.
  package func type(_ text: String) throws {
    try tmux("send-keys", "-l", "--", text)
    try send("Enter")
  }

  /// Sends `text` as the terminal itself would: bytes that no key has, such as the mouse's.
  package func report(_ text: String) throws {
    try tmux(["send-keys", "-H"] + text.utf8.map { String($0, radix: 16) })
  }

  /// The process group in the foreground of the terminal.
  package func foreground() throws -> pid_t {
    let shell = try tmux("display-message", "-p", "#{pane_pid}").filter(\.isNumber)
    let status = try String(contentsOfFile: "/proc/\(shell)/stat", encoding: .utf8)
    // After the name in parentheses: state, parent, group, session, terminal, foreground group.
    let fields = status.split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 5, let group = pid_t(fields[5]) else {
      throw Timeout(description: "/proc says \(status)")
    }
    return group
  }

  /// Gives the window another size.
  package func resize(width: Int, height: Int) throws {
    try tmux("resize-window", "-x", "\(width)", "-y", "\(height)")
  }

  /// What the screen shows, a line for each row; with colours as escape sequences if `styled`.
  package func screen(styled: Bool = false) throws -> String {
    try tmux(styled ? ["capture-pane", "-e", "-p"] : ["capture-pane", "-p"])
  }

  /// What tmux knows about the pane now.
  package func state() throws -> State {
    let format = "#{alternate_on} #{mouse_any_flag} #{cursor_flag} #{pane_current_command}"
    let fields = try tmux("display-message", "-p", format).split(whereSeparator: \.isWhitespace)
    guard fields.count == 4 else { throw Timeout(description: "tmux answered \(fields)") }
    return State(
      isAlternate: fields[0] == "1", hasMouse: fields[1] != "0", showsCursor: fields[2] == "1",
      command: String(fields[3]))
  }

  /// Looks at the screen until `condition` holds of it and it no longer changes, and returns it;
  /// fails after `seconds`. A picture that is longer than the terminal's buffer arrives in parts,
  /// and tmux shows each; one that moves for ever is taken after a while.
  @discardableResult
  package func wait(seconds: Double = 20, until condition: (String) throws -> Bool) throws -> String
  {
    let deadline = Date(timeIntervalSinceNow: seconds)
    var shown = try screen()
    var turns = 0
    while true {
      let holds = try condition(shown)
      turns = holds ? turns + 1 : 0
      Thread.sleep(forTimeInterval: 0.03)
      let next = try screen()
      if holds, next == shown || turns == 20 { return shown }
      guard Date() < deadline else {
        throw Timeout(description: "after \(seconds) s the screen was:\n\(next)")
      }
      shown = next
    }
  }

  @discardableResult
  private func tmux(_ arguments: String...) throws -> String { try tmux(arguments) }

  @discardableResult
  private func tmux(_ arguments: [String]) throws -> String {
    try Shell.run(
      ["tmux", "-u", "-S", socket.path] + arguments, environment: environment)
  }
}
