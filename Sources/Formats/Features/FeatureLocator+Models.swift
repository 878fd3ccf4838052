import Core

// MARK: Models called after files

extension FeatureLocator {
  /// Calls models after their files where what the files say of them cannot tell them apart: all
  /// have their arrays under one and the same top group, as some programs always write
  /// (`activations/conv1`), or files of one name stand in several folders, and a layer occurs in two
  /// of them.
  ///
  /// A model whose layers are spread over files, and one set that was saved twice, are left alone.
  mutating func callModelsAfterFiles(_ files: inout [Listed]) {
    guard options.layout == .automatic else { return }
    let units = FeatureUnit.units(of: files)
    guard units.count > 1, let names = FeatureUnit.names(units) else { return }
    let groups = Set(files.flatMap { $0.captures.compactMap { $0?.model } })
    guard groups.count < 2, units.allSatisfy({ $0.hasGroup != groups.isEmpty }),
      !groups.isEmpty || Set(units.map(\.stem)).count < units.count,
      FeatureUnit.shareLayer(units)
    else { return }
    for (unit, name) in zip(units, names) {
      for index in unit.files { files[index].call(name) }
    }
    if let group = groups.first { warn(.groupIsNoModel(group: SafeText.sanitise(group))) }
  }
}

/// A file, or the files of one folder that are a minibatch each.
private struct FeatureUnit {
  /// Their places among all files.
  var files: [Int] = []
  /// What a model is called after it.
  var stem: String
  var folder: String
  /// Some of its arrays stand in a group.
  var hasGroup = false
  var layers: Set<String> = []

  static func units(of files: [FeatureLocator.Listed]) -> [FeatureUnit] {
    var units: [FeatureUnit] = []
    var folders: [String: Int] = [:]
    for (index, file) in files.enumerated() {
      let isMinibatch = file.batch != nil
      let known = isMinibatch ? folders[file.path.folder] : nil
      if isMinibatch, known == nil { folders[file.path.folder] = units.count }
      if known == nil {
        units.append(
          FeatureUnit(
            stem: isMinibatch ? file.path.folderName : file.path.stem,
            folder: isMinibatch
              ? (file.path.components.dropLast(2).last ?? "") : file.path.folderName))
      }
      let place = known ?? units.count - 1
      units[place].files.append(index)
      let captures = file.captures.compactMap(\.self)
      units[place].hasGroup = units[place].hasGroup || captures.contains { $0.model != nil }
      units[place].layers.formUnion(captures.compactMap(\.layer).filter { !$0.isEmpty })
    }
    return units
  }

  /// A name for each: the files', or else their folders'; nil where neither tells them apart.
  static func names(_ units: [FeatureUnit]) -> [String]? {
    [units.map(\.stem), units.map(\.folder)].first { names in
      !names.contains("") && Set(names).count == names.count
    }
  }

  static func shareLayer(_ units: [FeatureUnit]) -> Bool {
    var seen: Set<String> = []
    return units.contains { unit in
      if !seen.isDisjoint(with: unit.layers) { return true }
      seen.formUnion(unit.layers)
      return false
    }
  }
}
