namespace InstrumentShare.Access;

/// <summary>Something that may be allowed, and the roles that have it. The same string guards cookie, token and key.</summary>
/// <param name="Name"><c>module.action</c>, such as <c>bookings.create</c>.</param>
public sealed record Permission(string Name, params Role[] Roles);

/// <summary>Every permission that the modules declare.</summary>
public sealed class PermissionCatalog(IEnumerable<Permission> permissions)
{
    private readonly Dictionary<string, Permission> byName = permissions.ToDictionary(p => p.Name, StringComparer.Ordinal);

    public IReadOnlyCollection<Permission> All => byName.Values;

    public bool Exists(string name) => byName.ContainsKey(name);

    /// <exception cref="KeyNotFoundException">No module declares it.</exception>
    public IReadOnlyList<Role> RolesOf(string name) => byName[name].Roles;
}
