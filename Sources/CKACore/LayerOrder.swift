/// The order in which torch_cka stores rows, where it differs from the order in which it lists names.
///
/// torch_cka lists `named_modules()` (registration order: the root '' first, parents before children) but
/// fills rows in the order in which forward hooks fire (children before parents, root last). An export of
/// a whole model therefore has its labels on the wrong rows.
public enum LayerOrder {
  /// Whether `names` look like a registration order: a leading root, or a name followed by its own child.
  public static func isRegistrationOrder(_ names: [String]) -> Bool {
    if names.first == "" && names.count > 1 { return true }
    return zip(names, names.dropFirst()).contains { isChild($1, of: $0) }
  }

  /// The same names in the order in which a post-order walk of the dotted names meets them:
  /// row i of such an export belongs to `executed(names)[i]`.
  ///
  /// Children keep their registration order. A module that runs in another order than it was registered
  /// in cannot be told from the names alone.
  public static func executed(_ names: [String]) -> [String] {
    var result: [String] = []
    result.reserveCapacity(names.count)
    var open: [String] = []  // ancestors whose children are still coming
    for name in names {
      while let parent = open.last, !isDescendant(name, of: parent) {
        result.append(parent)
        open.removeLast()
      }
      open.append(name)
    }
    result.append(contentsOf: open.reversed())
    return result
  }

  private static func isDescendant(_ name: String, of parent: String) -> Bool {
    parent.isEmpty ? !name.isEmpty : name.hasPrefix(parent + ".")
  }

  private static func isChild(_ name: String, of parent: String) -> Bool {
    isDescendant(name, of: parent)
  }
}
