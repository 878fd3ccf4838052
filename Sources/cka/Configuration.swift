import Cells
import Core
import Explorer
import Foundation
import System
import Yams

/// The user's settings, `$XDG_CONFIG_HOME/cka/config`: YAML, one `name: value` a line.
enum Configuration {
  /// What a line of the file sets.
  struct Setting {
    let name: String
    let help: String
    let apply: @Sendable (String, inout Preferences) -> Bool
  }

  /// Every setting there is.
  static let settings: [Setting] = [
    Setting(name: "layer-colormap", help: names(of: Colormap.self)) { text, preferences in
      set(&preferences.layerColormap, Colormap(name: text))
    },
    Setting(name: "minibatch-colormap", help: names(of: Colormap.self)) { text, preferences in
      set(&preferences.minibatchColormap, Colormap(name: text))
    },
    Setting(name: "range", help: "LOW,HIGH or LOW%,HIGH% or data or unit") { text, preferences in
      set(&preferences.range, ValueRange(text: text))
    },
    Setting(name: "origin", help: "bottom or top") { text, preferences in
      set(&preferences.originAtTop, ["bottom": false, "top": true][text])
    },
    Setting(name: "export-format", help: "ppm, png or svg") { text, preferences in
      set(&preferences.exportFormat, ["ppm", "png", "svg"].contains(text) ? text : nil)
    },
    Setting(name: "export-folder", help: "a folder") { text, preferences in
      set(&preferences.exportFolder, text.isEmpty ? nil : text)
    },
    Setting(name: "mouse", help: "true or false") { text, preferences in
      set(&preferences.mouse, boolean(text))
    },
    Setting(name: "slurm-options", help: "options of sbatch") { text, preferences in
      set(&preferences.slurmOptions, text.contains(where: \.isNewline) ? nil : text)
    },
    Setting(name: "slurm-preamble", help: "lines of shell") { text, preferences in
      set(&preferences.slurmPreamble, text)
    },
    Setting(name: "restore-view", help: "true or false") { text, preferences in
      set(&preferences.restoreView, boolean(text))
    },
  ]

  /// Where the file is looked for.
  static func path(environment: [String: String]) -> String? {
    if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") {
      return "\(folder)/cka/config"
    }
    return environment["HOME"].map { "\($0)/.config/cka/config" }
  }

  /// The preferences of the file at `path`, and a line for everything in it that means nothing.
  /// - Parameter isRequired: the user named the file; otherwise one that does not exist gives the
  ///   defaults.
  static func load(
    path: String?, isRequired: Bool = false
  ) -> (preferences: Preferences, problems: [String]) {
    var preferences = Preferences()
    guard let path else { return (preferences, []) }
    guard let identity = FileIdentity(path) else {
      return (preferences, isRequired ? ["\(path): no such settings file; check the name"] : [])
    }
    // Reading a pipe might never end.
    guard identity.isRegular, let data = FileManager.default.contents(atPath: path) else {
      return (preferences, ["\(path): cannot be read; make it a file of your own"])
    }
    guard data.count < 1 << 20, let text = String(data: data, encoding: .utf8) else {
      return (preferences, ["\(path): is no text file of settings; remove it or write YAML"])
    }
    do {
      let node = try Yams.compose(yaml: text)
      let problems = apply(node, to: &preferences).map { "\(path): \($0)" }
      return (preferences, problems)
    } catch {
      let reason = "\(error)".split(separator: "\n").first.map(String.init) ?? "not YAML"
      return (preferences, ["\(path): \(SafeText.sanitise(reason))"])
    }
  }

  private static func apply(_ node: Node?, to preferences: inout Preferences) -> [String] {
    guard let node, node.tag.description != "tag:yaml.org,2002:null" else { return [] }
    guard let mapping = node.mapping else { return ["settings are lines of the form name: value"] }
    var problems: [String] = []
    for (key, value) in mapping {
      let name = SafeText.sanitise(key.string ?? "")
      guard let setting = settings.first(where: { $0.name == key.string }) else {
        let known = settings.map(\.name).joined(separator: ", ")
        problems.append("unknown setting '\(name)'; known are \(known)")
        continue
      }
      if !setting.apply(value.scalar?.string ?? "", &preferences) {
        problems.append("'\(name)' must be \(setting.help)")
      }
    }
    return problems
  }

  /// One line of at most `width` cells about what is wrong in the file at `path`; nil when nothing
  /// is.
  static func notice(_ problems: [String], path: String, width: Int) -> String? {
    guard let first = problems.first else { return nil }
    if problems.count == 1 {
      if first.count <= width { return first }
      let cause = first.firstRange(of: "; ").map { first[..<$0.lowerBound] } ?? ""
      let short = "\(cause); cka doctor tells more"
      if !cause.isEmpty, short.count <= width { return short }
    }
    let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
    return "\(count) in \(path); cka doctor tells more"
  }

  /// What YAML takes for true and false, as version 1.1 still does in people's files.
  private static func boolean(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "yes", "on", "y": true
    case "false", "no", "off", "n": false
    default: nil
    }
  }

  private static func set<Value>(_ place: inout Value, _ value: Value?) -> Bool {
    guard let value else { return false }
    place = value
    return true
  }

  private static func names(of type: Colormap.Type) -> String {
    type.allCases.map(\.rawValue).joined(separator: ", ")
  }
}
