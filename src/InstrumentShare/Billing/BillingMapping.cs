using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Billing;

public sealed class BillingMapping : IEntityTypeConfiguration<Charge>
{
    public void Configure(EntityTypeBuilder<Charge> builder)
    {
        builder.ToTable("charges").HasKey(x => new { x.InstrumentId, x.Id });
        builder.HasMoney(x => x.Amount, "amount");
        builder.Property(x => x.Inputs).HasJson().IsRequired();
        builder.Property(x => x.Explanation).HasJson();
    }
}
