import Core

extension Specification {
  /// Whose code runs when it is opened, beside that of installed packages; each safe to show, none
  /// where no other code runs. From the same values that Python is sent.
  public var code: [String] {
    guard let target, !target.isEmpty else { return [] }
    return sources(target).map(SafeText.sanitise)
  }

  private func sources(_ target: String) -> [String] {
    switch kind {
    case "py": return [parts?.place ?? target]
    case "script": return [target]
    case "hub": return repository(parts?.place ?? target)
    case "hf":
      // The code that comes with the weights, or a pickle, which is code too.
      let isUnsafe =
        self["trust_remote_code"]?.isTrue == true || self["weights_only"]?.isTrue == false
      return isUnsafe ? [target] : []
    case "timm":
      // Some versions of timm unpickle what these name.
      return options.filter { $0.key == "checkpoint_path" }.compactMap(\.text)
        + (self["weights_only"]?.isTrue == false ? [target] : [])
    // LSUN unpickles a cache that it finds beside the images.
    case "torchvision" where target.hasPrefix("LSUN"):
      return options.filter { $0.key == "root" }.compactMap(\.text)
    default: return []
    }
  }

  private func repository(_ place: String) -> [String] {
    if case .text("local") = self["source"] { return ["\(place)/hubconf.py"] }
    let repository = place.prefix { $0 != ":" }
    return repository.isEmpty ? [] : ["github.com/\(repository)"]
  }
}

extension [Specification] {
  /// Whose code runs when all of them are opened, each source once.
  public var code: [String] {
    var sources: [String] = []
    for source in flatMap(\.code) where !sources.contains(source) { sources.append(source) }
    return sources
  }
}
