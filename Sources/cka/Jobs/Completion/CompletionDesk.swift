import Core
import Explorer
import Formats
import Recipe
import Runs
import Similarity
import Synchronization

/// Answers what Tab asks in the explorer's form. It may take a while: not for the event loop.
final class CompletionDesk: Sendable {
  /// Names of networks by interpreter and library: asking Python again would take seconds each
  /// time.
  private let names = Mutex<[String: [String]]>([:])

  /// The texts that may stand where one was begun.
  /// - Parameter shouldStop: asked while Python is waited for; nobody wants the answer once it says
  ///   so.
  func answer(
    _ request: CompletionRequest, shouldStop: @escaping @Sendable () -> Bool
  ) -> JobReport {
    do {
      return .completions(
        request, try completions(request, shouldStop: shouldStop), problem: nil)
    } catch let error as FormatError {
      return .completions(request, [], problem: error.description)
    } catch let error as ComputeError {
      return .completions(request, [], problem: SafeText.sanitise(error.description))
    } catch {
      return .completions(request, [], problem: SafeText.sanitise("\(error)"))
    }
  }

  private func completions(
    _ request: CompletionRequest, shouldStop: @escaping @Sendable () -> Bool
  ) throws -> [Completion] {
    let text = request.text
    switch request.kind {
    case .features:
      let again = text.isEmpty ? RecentWords(shown: request.shown).features : []
      let paths = PathCompletion.paths(beginning: text, endings: Self.featureEndings)
      return again.map { Completion($0, note: "used before") }
        + paths.filter { !again.contains($0) }.map { Completion($0) }
    case .output:
      return PathCompletion.paths(beginning: text, endings: [".safetensors"]).map { Completion($0) }
    case .recipe:
      return PathCompletion.paths(beginning: text, endings: [".yaml", ".yml"])
        .map { Completion($0) }
    case .path: return PathCompletion.paths(beginning: text).map { Completion($0) }
    case .device:
      return ["auto", "cpu", "cuda", "cuda:0", "cuda:1"].filter { $0.hasPrefix(text) }
        .map { Completion($0) }
    case .model, .data:
      let recent = RecentWords(shown: request.shown)
      let isModel = request.kind == .model
      return try SpecificationCompletion(
        names: { try self.names(of: $0, python: request.python, shouldStop: shouldStop) },
        recent: isModel ? recent.models : recent.data
      ).candidates(text, isModel: isModel)
    }
  }

  private static let featureEndings = [
    ".safetensors", ".npz", ".npy", ".pt", ".pth", ".h5", ".hdf5",
  ]

  private func names(
    of library: String, python: String, shouldStop: @escaping @Sendable () -> Bool
  ) throws -> [String] {
    let key = "\(python) \(library)"
    if let known = names.withLock({ $0[key] }) { return known }
    let found = try NetworkNames.list(library, python: python, shouldStop: shouldStop)
    names.withLock { $0[key] = found }
    return found
  }
}

/// What was compared before: by jobs, and for the results on the screen. Newest first.
struct RecentWords {
  private(set) var models: [String] = []
  private(set) var data: [String] = []
  private(set) var features: [String] = []

  /// Most of each that are offered.
  private static let most = 8

  /// - Parameter shown: the files on the screen, which are newest.
  init(shown: [String]) {
    let bundles = shown.compactMap { path -> Recipe? in
      guard let record = try? ResultBundle.record(path: path) else { return nil }
      let words = record.provenance.command.dropFirst(2)
      return try? ComputeCommand.parse(Array(words)).options.recipe()
    }
    let jobs = ((try? JobStore().list()) ?? []).reversed().compactMap(\.spec)
      .compactMap { try? BackgroundJob.recipe(of: $0) }
    for recipe in bundles + jobs {
      Self.add(recipe.models, to: &models)
      Self.add([recipe[.data], recipe[.data2]].compactMap(\.self), to: &data)
      Self.add(recipe.features, to: &features)
    }
  }

  private static func add(_ words: [String], to list: inout [String]) {
    for word in words
    where list.count < most && !list.contains(word) && SafeText.sanitise(word) == word {
      list.append(word)
    }
  }
}
